void rook_walk(int *p)
{
	if (p)
		caw(1);	/* loud */
	if (*p) {
		caw(2);
	}
	while (*p)
		if (p)
			caw(4);
}
