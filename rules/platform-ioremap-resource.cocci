// Use devm_platform_ioremap_resource()
//
// It looks up the resource and maps it, and says what went wrong. The pointer to the
// resource goes only where nothing else needs it.
//
// Confidence: High
// Options: --no-includes --include-headers
virtual patch, context, org, report

@depends on patch@
expression e1, e2, n;
identifier res, pdev;
@@
- struct resource *res;
  ... when != res
- res = platform_get_resource(pdev, IORESOURCE_MEM, n);
- e1 = devm_ioremap_resource(e2, res);
+ e1 = devm_platform_ioremap_resource(pdev, n);
  ... when != res

@r depends on !patch forall@
expression e1, e2, n;
identifier res, pdev;
position p;
@@
* struct resource *res;
  ... when != res
* res = platform_get_resource@p(pdev, IORESOURCE_MEM, n);
* e1 = devm_ioremap_resource(e2, res);
  ... when != res

@script:python depends on report@
p << r.p;
@@
coccilib.report.print_report(p[0], "opportunity for devm_platform_ioremap_resource()")
