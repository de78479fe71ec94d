@@
identifier f;
identifier v =~ "^c_";
expression E;
@@

  struct ops v = {
- f: E,
+ .f = E,
  };

@@
identifier f, v =~ "^d_";
expression E;
@@

  struct ops v = {
- .f = E,
+ f: E,
  };
