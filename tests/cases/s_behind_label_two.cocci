@@
expression E;
@@

- old_free(E);
+ new_free(E);
+ new_sync();
