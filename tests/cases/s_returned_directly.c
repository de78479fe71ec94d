int g(struct a *a)
{
	int ret;

	ret = reg(a);

	return ret;
}
int h(struct a *a)
{
	int ret;

	ret = reg(a);
	return ret;
}
int i(struct a *a)
{
	int ret = 0;

	if (a) {
		ret = reg(a);	/* why */

		return ret;
	}
	return ret;
}
