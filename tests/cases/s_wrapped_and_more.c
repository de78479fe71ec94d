void coot_dive(int *p)
{
	if (p)
		duck(1);
	if (*p) {
		duck(2);
	}
}
