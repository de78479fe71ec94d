void release(struct dev *dev)
{
	if (dev->name)
		kfree(dev->name);
	if (dev->clk != NULL)
		clk_put(dev->clk);
	if (dev->node)
		of_node_put(dev->parent);
	if (dev->table) {
		vfree(dev->table);
		dev->table = NULL;
	}
}
