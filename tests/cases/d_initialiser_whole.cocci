@@
identifier i;
expression x;
@@
- struct foo i = { .a = x };
+ FOO(i, x);

@@
expression x;
@@
- return (struct foo){ .a = x };
+ return foo_of(x);
