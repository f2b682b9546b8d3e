"""Rows about the tournament: snapshots of its stakes, and what the API answered."""
