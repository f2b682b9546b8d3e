"""Who of the holders says the same, as far as public scores tell."""
