#include <linux/string.h>

static void show(struct seq_file *m, struct port *port, int n)
{
	seq_printf(m, "link %s\n", port->up ? "on" : "off");
	seq_printf(m, "duplex %s\n", (port->flags & DUPLEX) ? "yes" : "no");
	pr_info("wake %s\n", n > 1 && port->wake ? "enabled" : "disabled");
	pr_info("side %s\n", port->left ? "left" : "right");
	/* Upper case is another string. */
	pr_info("port %s\n", port->up ? "ON" : "OFF");
}
