@@
expression E, F;
statement S;
@@
- if (E)
-	if (F)
+ if (E && F)
		S
