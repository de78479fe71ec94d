@@
identifier r;
expression E;
@@

- r = reg(E);
- return r;
+ return reg(E);
