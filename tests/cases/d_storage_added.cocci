@@
identifier f =~ "^s_";
type T;
@@

+ static
  T f(...) { ... }

@@
identifier v;
@@

- static int v;
+ extern int v;

@@
identifier g =~ "^i_";
type T;
@@

- static T g(...)
+ static inline T g(...)
  { ... }

@@
identifier h =~ "^l_";
@@

  void h(...)
  {
+ static int once;
  ...
  }
