virtual ctx

@a@
@@

#include <linux/foo.h>

@b depends on a@
expression E;
@@

- foo_old(E)
+ foo_new(E)

@depends on b@
@@

  #include <linux/foo.h>
+ #include <linux/foo_new.h>
