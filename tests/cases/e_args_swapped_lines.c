int f(int a)
{
	x = MK(1,
	       2);
	return MK(1,
		  g(2,
		    3));
}
