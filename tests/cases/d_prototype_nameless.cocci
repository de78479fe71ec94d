@ r @
identifier dev, x;
@@

  int drv_setup(struct dev *dev, int x
+ , struct ack *extack
  )
  { ... }
