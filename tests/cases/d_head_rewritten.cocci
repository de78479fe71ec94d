@@
identifier f =~ "_ioctl$", d, c, x;
@@

- int f(struct dev *d, int c, void *x)
+ long f(struct dev *d, unsigned int c, unsigned long x)
  { ... }
