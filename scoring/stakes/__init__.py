"""What stakes move: scores beside them, what leaves when they leave, and what the price does."""
