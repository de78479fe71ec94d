"""treewide: one declarative rule to a treewide kernel patch series that a maintainer would apply."""

__version__ = "0.1.0"
