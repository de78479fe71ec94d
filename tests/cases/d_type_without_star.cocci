@@
typedef foo_p;
@@

- struct foo *
+ foo_p
