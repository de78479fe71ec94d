@@
expression E;
@@

- old(E);
+ new(E);
+ sync_it(E);
