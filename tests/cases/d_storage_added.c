int s_a(void)
{
	return 1;
}

extern int s_b(int a, int b)
{
	return 1;
}

static inline int i_c(int a)
{
	return 1;
}

static int i_d(int a)
{
	return 1;
}

static int v;
static void l_x(void)
{
	g();
}
