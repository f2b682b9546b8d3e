"""Ideas that can be run: drafted, filed, seconded, argued about, answered."""
