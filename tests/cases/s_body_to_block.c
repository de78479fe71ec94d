void hobby_dash(int a, int c)
{
	if (a)
		b(1);
	if (a) {
		b(1);
	}
	if (c) b(2);
	while (a)
		if (c)
			b(1);
	if (c)
		b(1);
	else
		c(1);
}
