extern foo_p cur, last[2];
struct k {
	foo_p	a;	/* one */
	foo_p b, c;
};
foo_p get(void);
static foo_p const *set(foo_p a, foo_p *b, const foo_p c)
{
	foo_p x, y;
	foo_p z = (foo_p)a;
	foo_p l = 0, *m = &l;

	return sizeof(foo_p);
}
