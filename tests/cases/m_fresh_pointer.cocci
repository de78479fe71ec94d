@@
identifier v;
type T;
fresh identifier nv = v ## "_new";
expression E;
@@

- T v = old_init(E);
+ T nv = new_init(E);
