void rook_rest(int *p)
{
	if (ready()) {
		/* first */
		caw(p);
		/* end */
	}
	*p = 4;
	if (ready()) {
		caw(p);
		// end
	}
	if (ready()) { caw(p); }
}
