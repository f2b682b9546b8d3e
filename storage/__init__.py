"""Rows in SQLite: what the bot has to remember between two restarts, and nothing else."""
