"""What a rule says, frozen."""
