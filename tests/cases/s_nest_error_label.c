int linnet_sing(struct linnet *l, int n)
{
	begin(l);
	if (n < 0) {
		step(l);
		goto out;
	}
	step(l);
	end(l);
out:
	step(l);
	return 0;
}
