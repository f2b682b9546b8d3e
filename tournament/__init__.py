"""Where the numbers come from: one kind of source, several places to read."""
