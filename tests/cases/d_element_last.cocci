@@
identifier v, fn;
@@

  struct pdrv v = {
  .probe = fn,
+ .remove_new = drv_remove,
  };
