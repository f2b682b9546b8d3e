"""Whole rounds with every model in them: read once, kept small, handed out as rows."""
