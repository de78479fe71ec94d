@@
expression x;
@@
- dip(x);
+ plunge(x);	/* all of it */

@@
expression x;
@@
- skim(x);
+ /*
+  * Not deep.
+  */
+ glide(x);

@@
expression x;
@@
+ /* it wades */
  wade(x);

@@
expression x;
@@
- peck(x)
+ pick(x, 1 /* once */)
