@@
identifier e;
@@
 enum e {
	...,
	LAST
+	, VERY_LAST
 };

@@
identifier i;
initializer list is;
@@
- int i[] = { is };
+ int i[] = { is, -1 };
