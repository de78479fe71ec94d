void f(struct a *a)
{
	if (x)
		old_free(a);
	else
		g();
	if (x)
		g();
	else
		old_free(a);
	if (x) {
		g();
	} else
		old_free(a);
	if (x)
		g();	/* first */
	else if (y)
		old_free(a);
	else
		h(a,
		  b);
	if (x)
		if (y)
			old_free(a);
		else
			g();
	else
		h();
	if (x)
		old_free(a);
#ifdef A
	else
		g();
#endif
	while (y)
		if (x)
			g();
		else
			old_free(a);
}
