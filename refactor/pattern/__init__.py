"""Code with holes: compiled, matched, replaced."""
