@ r @
identifier dev, x;
@@

- int drv_setup(struct dev *dev, int x)
+ int drv_setup(struct dev *dev, unsigned long x)
  { ... }

@@
identifier a, b;
@@

- void drop(int a, int b)
+ void drop(int a)
  { ... }
