"""Rows about proposals: drafts, revisions, secondings, arguments, stages and answers."""
