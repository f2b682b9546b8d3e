"""What a proposal would have done to everyone."""
