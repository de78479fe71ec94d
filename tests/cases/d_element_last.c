static struct pdrv b = {
	.driver = {
		.name = "b",
	},
	.probe		= b_probe
};
static struct pdrv b2 = {
	.probe = b_probe	/* why */
};
static struct pdrv c = { .probe = c_probe };
static struct pdrv d = { .probe = c_probe, };
static struct pdrv e = { .probe = c_probe, .x = 1 };
static struct pdrv f = {
	.probe = c_probe, .x = 1 };
