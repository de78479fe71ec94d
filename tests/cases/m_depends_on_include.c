#include <linux/bar.h>
#include <linux/foo.h>
#include <linux/zoo.h>

int f(void)
{
	return foo_old(1);
}
