void gadwall_swim(int a)
{
	while (a)
		a--;
	while (a) {
		dip();
		a--;
	}
}
