"""Two rules over rows that come piece by piece: the terms of each, sums by round, and what they answer."""
