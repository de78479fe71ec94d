int siskin_hide(int a, int b)
{
	if (ready(a)) {
		b = 1;
	} else if (b) {
		a = 1;
	} else {
		b = 2;
	}
	if (ready(a))
		b = 3;
	else
		b = 4;
	return b;
}
