@@
expression E;
@@

- negate(E)
+ -E

@@
expression E;
@@

- !E--
+ is_last(E)
