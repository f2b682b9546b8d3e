"""Ballots: how they are read, counted, weighed and kept secret."""
