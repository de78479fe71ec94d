"""Rules that are a list of edits: replace, delete, rename, flags, insert."""
