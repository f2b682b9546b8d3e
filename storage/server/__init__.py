"""Rows about servers: their settings, summaries and commands."""
