@@
expression X, Y;
@@

- X ? X : Y
+ X ?: Y
