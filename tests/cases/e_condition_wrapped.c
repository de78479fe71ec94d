int f(struct a *a, struct b *b)
{
	bool long_name_of_a_variable = a->something_else && is_set(a);

	if (a->something_quite_long && is_set(a) && b->something_else)
		return 1;
	if (is_set(a) || is_set(b) || a->something_quite_long == 4)
		return 2;
	while (is_set(a) &&
	       is_set(b->another_structure))
		x();
	if (a->something_quite_long || (is_set(a) && b->something_else))
		return 1;
	if (a->something_quite_long && is_set(a) && b->something_else &&
	    b->more)
		return 1;
	if (a->something_quite_long && b->something_quite_long && !is_set(a->very_long_structure->member->fo))
		return 1;
	WARN_ON(a->something_quite_long && is_set(a) && b->something_else);
	foo(a->something_quite_long, is_set(a) && b->something_else && c);
	ok = is_set(a) && b->something_else && c && d == f(1, 2);
	return a->something_quite_long_as_well && is_set(a) && b->another;
}
