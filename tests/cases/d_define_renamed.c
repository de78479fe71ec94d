#define MAX_DEV		32	/* boards */
#define MAX_DEV2	33
#define ALL (MAX_DEV + 1)

int x[MAX_DEV];
int f(void)
{
	return MAX_DEV;
}
