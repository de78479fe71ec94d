@@
identifier v;
declarer name DEFINE_OLD, DEFINE_NEW;
@@
- DEFINE_OLD(v);
+ static DEFINE_NEW(v);
@@
identifier v;
expression N;
@@
- unsigned long v[N];
+ static DECLARE_MAP(v, N);
