@@
expression E;
identifier ret;
type T;
@@
- T ret;
  ... when != ret
- ret = E;
- return ret;
+ return E;
