@@
expression E;
statement S;
@@
+ do {
  if (E) S
+ } while (0);
