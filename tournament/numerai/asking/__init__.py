"""How Numerai's API is asked: which questions, how often, by which client."""
