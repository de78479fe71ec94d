void teal_dabble(int a, int b)
{
	if (a) {
		dip();
	} else if (b) {
		dive(a,
		     b);
	} else {
		rest();
	}
	/* tail */
	while (a)
		if (b)
			dip();
		else
			dive();
}
