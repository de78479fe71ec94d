int fill(struct table *t, unsigned int n)
{
	t->slots = kmalloc(n * sizeof(*t->slots), GFP_KERNEL);
	t->names = kzalloc(sizeof(struct name) * (n + 1), GFP_KERNEL);
	t->fixed = kzalloc(16 * sizeof(u32), GFP_KERNEL);
	t->one = kmalloc(sizeof(*t->one), GFP_KERNEL);
	return 0;
}
