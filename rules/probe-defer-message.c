static int probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct clk *clk;
	int ret;

	clk = devm_clk_get(dev, NULL);
	if (IS_ERR(clk)) {
		ret = PTR_ERR(clk);
		if (ret != -EPROBE_DEFER)
			dev_err(dev, "no clock: %d\n", ret);
		return ret;
	}
	ret = start(dev);
	if (ret) {
		if (ret != -EPROBE_DEFER)
			dev_err(dev, "cannot start\n");
		goto out;
	}
	return 0;
out:
	stop(dev);
	return ret;
}
