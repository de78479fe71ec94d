void dipper_sink(struct dipper *p, int n)
{
	if (n && p)
		bob();
	while (n)
		if (n > 3 && p->a)
			bob();
}
