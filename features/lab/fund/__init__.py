"""The fund as public scores imply it: whether anybody did better, what pay goes with, rules tried on it."""
