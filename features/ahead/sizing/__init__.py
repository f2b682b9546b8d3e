"""How much to stake, by which multipliers, and what becomes of pay if everybody does so."""
