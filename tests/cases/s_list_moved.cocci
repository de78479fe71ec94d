@@
expression E;
statement list ss;
@@
- if (E) { ss }
+ while (E) {
+	ss
+	caw();
+ }
