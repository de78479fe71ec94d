@@
identifier r;
expression E;
@@

  r = reg(E);
- if (r)
-	return r;
- return 0;
+ return r;
