@@
identifier f;
type T;
parameter list ps;
@@
+ /* for now */
+ static T f(ps);
+
 static T f(ps) { ... }
