"""Which payout rules there have been, and how they are named."""
