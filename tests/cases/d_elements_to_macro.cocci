@@
identifier v;
expression A, B;
@@

  struct id v[] = {
  ...,
- { A, B },
+ ID_ENTRY(A, B),
  ...,
  };
