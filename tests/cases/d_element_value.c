static struct pdrv c = { .name = "x" };
static struct pdrv e = {
	.name = "y"
};
static struct pdrv f = { .name = "z", .x = 2 };
