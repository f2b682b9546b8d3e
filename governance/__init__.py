"""Proposals: what they say, how they ripen, and how a decision is reached; no rows, no Discord."""
