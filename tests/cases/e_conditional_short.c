int f(int a, int b)
{
	int t = a ? a : b;

	t = a->b ? a->b : (b ? b : 1);
	t = (a ? a : b) + 1;
	t = a ? a : b ? b : 2;
	return a == b ? a : b;
}
