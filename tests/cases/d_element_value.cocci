@@
identifier v;
expression N;
@@

  struct pdrv v = {
- .name = N,
+ .name = DRV_NAME,
  };
