enum plover { A, LAST };
enum ruff {
	B,
	LAST,
};
enum knot {
	C,
	LAST	/* last */
};
int godwit[] = { 1, 2 };
int curlew[] = {
	1,	/* one */
	2	/* two */
};
