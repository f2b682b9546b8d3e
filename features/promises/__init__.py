"""What was promised, by whom, until when."""
