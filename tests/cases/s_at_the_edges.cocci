@@
expression x;
@@
f(...) {
+	int once;
<+...
  dig(x);
...+>
+ fill(x);
}

@@
@@
if (...)
{
...
+ rest();
}
