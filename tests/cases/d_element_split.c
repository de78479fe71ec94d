static struct pdrv c = { .probe = c_probe };
static struct pdrv e = {
	.probe = c_probe
};
static struct pdrv f = {
	.probe = c_probe,
};
static struct pdrv g = { .x = 1, .probe = c_probe, .y = 2 };
