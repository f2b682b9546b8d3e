"""What members are warned of by direct message, when they asked for it."""
