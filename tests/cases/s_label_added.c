int dunlin_wade(int a)
{
	switch (a) {
	case OLD:
		return 1;
	case OTHER:
		return 3;
	}
	switch (a) { case OLD: case OTHER: return 1; default: ; }
	return 3;
}
