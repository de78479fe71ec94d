@@
expression E, F;
@@
- if (E && F)
+ if (E)
+	if (F)
		bob();
