"""Votes with hidden ballots that anybody can recount."""
