int siskin_call(int a, int b)
{
	if (ready(a))
		return 1;
	else
		return 2;	/* never */
	if (ready(a)) {
		b = 1;
	} else if (b) {
		a = 1;
	} else {
		b = 2;
	}
	if (ready(b)) a = 1; else b = 1;
	if (ready(a)) {
		b = 1;
	}	/* done */
	else {
		b = 2;
	}
	return b;
}
