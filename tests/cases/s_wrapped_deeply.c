void rook_hop(int *p)
{
	caw(p);	/* loud */
	/* and */
	fly(p);
	if (p) {
		caw(1);
		fly(3);
	}
}
