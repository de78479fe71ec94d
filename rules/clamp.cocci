// Use clamp() for min(max()) with both bounds
//
// The name says what is meant, and the order of the bounds cannot be confused.
//
// Confidence: High
// Options: --no-includes --include-headers
virtual patch, context, org, report

@depends on patch@
expression x, lo, hi;
type T;
@@
(
- min(max(x, lo), hi)
+ clamp(x, lo, hi)
|
- max(min(x, hi), lo)
+ clamp(x, lo, hi)
|
- min_t(T, max_t(T, x, lo), hi)
+ clamp_t(T, x, lo, hi)
|
- max_t(T, min_t(T, x, hi), lo)
+ clamp_t(T, x, lo, hi)
)

@r depends on !patch@
expression x, lo, hi;
type T;
position p;
@@
(
* min@p(max(x, lo), hi)
|
* max@p(min(x, hi), lo)
|
* min_t@p(T, max_t(T, x, lo), hi)
|
* max_t@p(T, min_t(T, x, hi), lo)
)

@script:python depends on report@
p << r.p;
@@
coccilib.report.print_report(p[0], "opportunity for clamp()")
