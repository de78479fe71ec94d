int drv_setup(struct dev *, int);
static int other(struct dev *, int);

int drv_setup(struct dev *dev, int mode)
{
	return 0;
}
