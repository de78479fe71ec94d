struct foo *get(void);
static int set(struct foo *a, struct foo **b)
{
	struct foo *x;
	struct foo *z = (struct foo *)a;

	return sizeof(struct foo *);
}
