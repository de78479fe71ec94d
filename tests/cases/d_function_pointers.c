u32 (*merlin_ops[4])(u32);
u32 (*merlin_op)(void);
u32 (*merlin_get(int a))(u32);

int merlin_stoop(int a)
{
	/* one */ u32 (*fn)(void) = merlin_op;	/* two */
	u32 *(*pfn)(void);

	pfn = NULL;
	return fn() + a;
}
