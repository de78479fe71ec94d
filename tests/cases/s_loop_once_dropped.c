void whimbrel_probe(int a)
{
	do {
		dig(a);	/* now */
	} while (0);
	do { a++; } while (0);
	if (a)
		do { dig(a); } while (0);
	do {
		dig(a);
	} while (a);
}
