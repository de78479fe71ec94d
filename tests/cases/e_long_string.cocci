@@
expression D;
expression list es;
@@

- my_err(D, es)
+ dev_err(D->parent->device, es)
