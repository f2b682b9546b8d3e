"""Who holds the stake, and what it moves."""
