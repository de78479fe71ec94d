void rook_turn(int a)
{
	if (a) {
		hop(1);	/* one */
	}
	if (a) {
		hop(1);

		/* two */
		hop(2);
	}
	if (a) { hop(1); }
}
