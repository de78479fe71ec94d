@@
expression A, B;
@@

- MK(A, B)
+ MAKER(B, A, 0)
