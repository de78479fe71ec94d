@@
expression e;
statement S;
@@
  if (e)
- S
+ {
+	first();
+	second();
+ }
