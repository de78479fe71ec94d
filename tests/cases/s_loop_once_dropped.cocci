@@
expression E;
@@
- do { E; } while (0);
+ E;
