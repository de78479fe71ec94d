static int a_ioctl(struct dev *d, int cmd, void *arg);
static int a_ioctl(struct dev *d, int cmd, void *arg)
{
	return 0;
}

static int a_long_name_of_a_driver_ioctl(struct dev *dev, int cmd, void *arg)
{
	return 0;
}

int
b_ioctl(struct dev *d, int cmd, void *arg)
{
	return 0;
}
