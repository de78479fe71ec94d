void pipit_weigh(unsigned long a, size_t b, unsigned int c)
{
	show(a);
	show(b);
	show(c);
	show(b + 1);
	show(3UL);
	show(sizeof(a) * 2);
}
