"""Results in, PNG out: one file per picture, all in one house style."""
