@@
expression E, F;
@@
+ for (;;) {
+	if (ready()) {
  caw(E);
  fly(F);
+		break;
+	} else {
+		wait();
+	}
+ }
+ land();
