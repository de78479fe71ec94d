@@
identifier f =~ "^old";
@@
- f(...) { ... }

@@
@@
- struct old { ... };
