@@
identifier v, fn;
@@

  struct pdrv v = {
- .probe = fn,
+ .attach = fn,
+ .detach = no_detach,
  };
