"""Payout rules and the numbers that follow from them: arrays in, arrays and frozen results out."""
