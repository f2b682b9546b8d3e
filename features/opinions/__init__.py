"""Statements that members vote on, and the map of who agrees with whom."""
