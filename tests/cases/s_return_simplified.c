int f(struct a *a)
{
	int ret;

	ret = reg(a);
	if (ret)
		return ret;

	return 0;
}
int g(struct a *a)
{
	int ret;

	ret = reg(a);
	if (ret)
		return ret;
	return 0;
}
