@@
identifier o;
expression e1, e2;
@@
struct ops o = {
-	.a = e1,
-	.b = e2,
+	.ab = AB(e1, e2),
};
