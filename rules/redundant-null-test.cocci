// Call what takes NULL without a test
//
// These functions return at once if they are given NULL. A test around the call is only more
// to read.
//
// Confidence: High
// Options: --no-includes --include-headers
virtual patch, context, org, report

@depends on patch@
expression E;
identifier f = {kfree, kvfree, vfree, kfree_sensitive, kfree_skb, dev_kfree_skb, of_node_put,
	put_device, platform_device_put, module_put, clk_put, clk_disable_unprepare, usb_free_urb,
	usb_kill_urb, debugfs_remove, debugfs_remove_recursive};
@@
- if (E != NULL)
-	f(E);
+ f(E);

@r depends on !patch@
expression E;
identifier f = {kfree, kvfree, vfree, kfree_sensitive, kfree_skb, dev_kfree_skb, of_node_put,
	put_device, platform_device_put, module_put, clk_put, clk_disable_unprepare, usb_free_urb,
	usb_kill_urb, debugfs_remove, debugfs_remove_recursive};
position p;
@@
* if@p (E != NULL)
*	f(E);

@script:python depends on report@
p << r.p;
f << r.f;
@@
coccilib.report.print_report(p[0], f + "() takes NULL, so the test before it is not needed")
