int redwing_feed(int a, int b)
{
	int r, q;

	if (a)
		b = 2;

	/* do it */
	r = redwing_pick(a,
			 b);	/* done */
	return r;
}
