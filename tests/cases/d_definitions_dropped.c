/* The file. */

/**
 * old_crane - does it
 */
static int old_crane(void)
{
	return 0;
}

/* What is exported. */

// it does this
// and that
void old_stork(void)
{
}
EXPORT_SYMBOL(old_stork);

/* helpers */
static void old_heron(void)
{
}
static void egret(void)
{
}

/* a pair */
struct old {
	int a; /* one */
};

/* The end. */
