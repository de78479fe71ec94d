int f(struct ring *r, int b)
{
	int a = negate(b--);

	a = b - negate(r->left++);
	if (!b--)
		return -b++;
	while (!r->tab[a]--)
		a = !!b--;
	return !(b--) ? -negate(b) : ~b--;
}
