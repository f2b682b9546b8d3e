"""Rows about polls: their terms, ballots, close and reminders."""
