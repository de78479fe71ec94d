"""Attacks by chance: mutants of files and of semantic patches, and expressions that gcc judges.

`make fuzz` runs many of them, `test_fuzz.py` a few with a fixed seed. docs/reliability.md has the
figures of the last long run. A run with the same seed and count does the same.
"""
