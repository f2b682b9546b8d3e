"""Statements, votes on them, and the groups that they form."""
