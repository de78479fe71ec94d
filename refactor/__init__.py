"""treewide: from one declarative rule to a kernel patch series that a maintainer would apply."""

__version__ = "0.1.0"
