static const struct id tab[] = {
	{ 0x10, 0x20 },	/* one */
	{ 0x11, FOO(1, 2) }, /* two */
	{ 0x12, 2 },
	/* end */
	{ },
};
