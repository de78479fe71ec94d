@@
identifier m;
expression E;
@@

- #define MAX_DEV E
+ #define MAX_DEVICES E

@@
@@

- MAX_DEV
+ MAX_DEVICES
