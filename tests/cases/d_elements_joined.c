struct ops dotterel = { .a = 1, .b = 2, .c = 3 };
struct ops lapwing = {
	.a = 1,
	.b = 2,
	.c = 3,
};
