"""What scores on record can tell of models beyond their pay: who is alike, whose edge lasts, and the fund."""
