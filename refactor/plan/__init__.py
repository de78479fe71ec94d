"""One tree: to an ordered list of patches."""
