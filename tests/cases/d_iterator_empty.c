int f(struct n *np)
{
	for_each_child(np, child)
		;
	for_each_child(np, child) { }
	for_each_child (np, child)
		g();
}
