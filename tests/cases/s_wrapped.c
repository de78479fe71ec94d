void rook_call(int *p)
{
	*p = 3;
	caw(p);	/* loud */
	if (p) caw(1);
	while (*p)
		caw(2);
	switch (*p) {
	case 1: caw(3); break;
	case 2:
		caw(4);
	}
	goto out;
out:	caw(5);
}
