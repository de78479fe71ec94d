@@
expression E;
statement S;
@@
+ while (next()) {
  if (E) S
+	step();
+ }
