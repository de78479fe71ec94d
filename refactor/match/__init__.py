"""One file: what becomes of every mention of what a rule is about."""
