@@
iterator name for_each_child, for_each_child_scoped;
expression P;
identifier C;
statement S;
@@

- for_each_child(P, C)
+ for_each_child_scoped(P, C)
  S
