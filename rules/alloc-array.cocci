// Allocate arrays with kcalloc() and kmalloc_array()
//
// A product that overflows allocates too little. These functions fail instead. A product of
// constants is checked by the compiler and left alone.
//
// Confidence: Moderate
// Options: --no-includes --include-headers
virtual patch, context, org, report

@depends on patch@
expression n, flags;
constant C1, C2;
type T;
expression E;
@@
(
  kmalloc(C1 * C2, flags)
|
  kzalloc(C1 * C2, flags)
|
- kmalloc((n) * sizeof(T), flags)
+ kmalloc_array(n, sizeof(T), flags)
|
- kmalloc((n) * sizeof(E), flags)
+ kmalloc_array(n, sizeof(E), flags)
|
- kzalloc((n) * sizeof(T), flags)
+ kcalloc(n, sizeof(T), flags)
|
- kzalloc((n) * sizeof(E), flags)
+ kcalloc(n, sizeof(E), flags)
)

@r depends on !patch@
expression n, flags;
constant C1, C2;
type T;
expression E;
position p;
@@
(
  kmalloc(C1 * C2, flags)
|
  kzalloc(C1 * C2, flags)
|
* kmalloc@p((n) * sizeof(T), flags)
|
* kmalloc@p((n) * sizeof(E), flags)
|
* kzalloc@p((n) * sizeof(T), flags)
|
* kzalloc@p((n) * sizeof(E), flags)
)

@script:python depends on report@
p << r.p;
@@
coccilib.report.print_report(p[0], "the product may overflow; opportunity for kmalloc_array() or kcalloc()")
