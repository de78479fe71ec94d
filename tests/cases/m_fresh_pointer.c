int f(void)
{
	int a = old_init(1);
	struct x *p = old_init(2);	/* p */

	return 0;
}
