@@
size_t x;
@@
- show(x)
+ show_size(x)
@@
unsigned long x;
@@
- show(x)
+ show_long(x)
