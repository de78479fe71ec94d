"""`treewide diff --html`: a series as one page, for people who are asked to look at it."""
