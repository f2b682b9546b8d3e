"""Ballots cast, counted and closed, beside others who do the same."""
