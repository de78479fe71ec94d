struct ops c_a = {
	open: a_open,
	read: a_read,	/* r */
	.write = a_write,
	x: y
};
struct ops c_b = { open: a_open, read: b_read };
struct ops d_a = {
	.open = a_open,
	.write = b_read
};
