@@
expression E;
@@

- is_set(E)
+ flag_is_set(E->flags, FLAG_VALID)
