"""One module a command: what it does, as one readable story."""
