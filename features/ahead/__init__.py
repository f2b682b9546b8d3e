"""What may come: pay ahead, how much to stake, and when one would know."""
