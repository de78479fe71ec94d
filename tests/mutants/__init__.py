"""Seeded faults, each of which the model has to catch: `make mutants`."""
