// Report failed probes with dev_err_probe()
//
// It says nothing aloud for -EPROBE_DEFER, keeps the reason for
// /sys/kernel/debug/devices_deferred, and returns the error. Tests for -EPROBE_DEFER by hand
// lose the reason.
//
// Confidence: High
// Options: --no-includes --include-headers
virtual patch, context, org, report

@depends on patch@
expression dev, err;
expression list es;
@@
- if (err != -EPROBE_DEFER)
-	dev_err(dev, es);
- return err;
+ return dev_err_probe(dev, err, es);

@r depends on !patch@
expression dev, err;
expression list es;
position p;
@@
* if@p (err != -EPROBE_DEFER)
*	dev_err(dev, es);
* return err;

@script:python depends on report@
p << r.p;
@@
coccilib.report.print_report(p[0], "opportunity for dev_err_probe()")
