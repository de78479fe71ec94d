struct foo grouse = { .a = 1, .b = 2 };
struct foo quail = { .a = 1 };

struct foo partridge(int a)
{
	if (a)
		return (struct foo){ .a = 1, .b = 2 };
	return (struct foo){ .a = 1 };
}
