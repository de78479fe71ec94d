#include <a.h>

/* about it */
static int wigeon(int a, char *b)
{
	return 1;
}
