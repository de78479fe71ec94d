@@
expression E;
@@
  switch (E) {
  case OLD:
+ case NEW:
  ...
  }
