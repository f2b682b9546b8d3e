"""What schemes would have done round by round, on the stakes and with the scores that were known then."""
