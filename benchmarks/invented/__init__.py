"""What benchmarks and tests ask about that nobody has: invented, of any size."""
