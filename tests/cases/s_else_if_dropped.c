void f(struct a *a)
{
	if (x) {
		g();
		h();
	} else if (a->f)
		kfree(a->f);
	if (x)
		g();
	else if (a->f)
		kfree(a->f);
	if (x)
		g();
	else
		if (a->f)
			kfree(a->f);
	while (x) if (a->f) kfree(a->f);
}
