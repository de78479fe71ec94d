struct foo *g, *h;

struct pair {
	struct foo *a, **b;	/* two */
};

static int set(struct foo *a, struct foo *(*get)(struct foo *))
{
	struct foo *x, *y[3];

	for (struct foo *i = a, *j = get(a); i != j; i++)
		use(i);
	return 0;
}
