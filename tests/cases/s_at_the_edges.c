void f(int a)
{
	int b;

	dig(a);
	if (b) {
		dig(a);
		b++;
	}
	b--;
}
