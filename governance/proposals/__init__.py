"""What a proposal says, how it is written down, and through which stages it goes."""
