"""Which models say the same: looked for in public scores, said and drawn."""
