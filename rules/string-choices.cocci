// Name truth values with the helpers of string_choices.h
//
// `x ? "on" : "off"` and its kind are written by hand in a thousand places. The helpers say
// the same, and the linker keeps each string once.
//
// Confidence: High
// Options: --no-includes --include-headers
virtual patch, context, org, report

@p depends on patch@
expression E;
@@
(
- ((E) ? "on" : "off")
+ str_on_off(E)
|
- ((E) ? "yes" : "no")
+ str_yes_no(E)
|
- ((E) ? "enabled" : "disabled")
+ str_enabled_disabled(E)
|
- ((E) ? "enable" : "disable")
+ str_enable_disable(E)
|
- ((E) ? "true" : "false")
+ str_true_false(E)
)

@has@
@@
  #include <linux/string_choices.h>

@depends on p && !has@
@@
  #include <linux/...>
+ #include <linux/string_choices.h>

@r depends on !patch@
expression E;
position q;
@@
(
* ((E) ?@q "on" : "off")
|
* ((E) ?@q "yes" : "no")
|
* ((E) ?@q "enabled" : "disabled")
|
* ((E) ?@q "enable" : "disable")
|
* ((E) ?@q "true" : "false")
)

@script:python depends on report@
q << r.q;
@@
coccilib.report.print_report(q[0], "opportunity for a helper of string_choices.h")
