"""Weights that need more than stakes: who is like whom, or how each has scored."""
