"""What was earned, round by round."""
