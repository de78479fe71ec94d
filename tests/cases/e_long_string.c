void f(struct a *a)
{
	my_err(a, "a string that is quite long and goes nearly to the end\n");
	my_err(a, "a string that is quite long and goes nearly: %d\n", a->x);
	my_err(a,
	       "a string that is quite long and goes nearly to the end: %d %d %d\n",
	       a->x, a->y, a->z);
}
