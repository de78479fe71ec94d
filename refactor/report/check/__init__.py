"""The faces of `treewide check`."""
