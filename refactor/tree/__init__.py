"""A kernel tree, read-only, and real git, sealed off."""
