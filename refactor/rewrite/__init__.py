"""One file: verdicts to bytes."""
