"""Numbers worked out on arrays, beside others who do the same."""
