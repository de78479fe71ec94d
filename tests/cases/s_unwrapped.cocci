@@
expression E;
@@
- if (ready()) {
  caw(E);
- }
