"""What a poll ended with: counted, said and drawn."""
