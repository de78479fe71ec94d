int limit(int x, unsigned int n)
{
	x = min(max(x, LOW), HIGH);
	n = max_t(unsigned int, min_t(unsigned int, n, 64), 1);
	return min(x, max_of(n, x));
}
