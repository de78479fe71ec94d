int f(struct a *a)
{
	g();
err: old_free(a);
out:	old_free(a);
	return 0;
}
