@@
statement S;
expression E;
@@
- while (E) S
+ if (E) {
+	do S while (E);
+ }
