void avocet_feed(int a, int b)
{
	dip(a);
	if (a)
		dip(b);
	else
		dip(a);	/* again */
	for (;;)
		skim(b);
	while (a)
		wade(b);
	peck(a);
}
