void dipper_bob(struct dipper *p, int n, int m)
{
	if (n)
		if (p)
			bob();
	if (n | 1)
		if (p = get())
			bob();	/* there */
	if (n || m)
		if (p->a) {
			/* in */
			bob();
		}
	if (n)
		if (p)
			bob();
		else
			hide();
}
