#define DO_IT(x)			\
	do {				\
		old(x);			\
		g(x);			\
	} while (0)
#define DO_AT(x) \
	do { \
		old(x); \
		g(x); \
	} while (0)
#define DO_LONG(x)			\
	do {				\
		if (x)			\
			old((x));	\
		g(x);			\
	} while (0)
