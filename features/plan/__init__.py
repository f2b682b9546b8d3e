"""Having a plan: whether a drawdown is unusual, whether a tweak is overfitted, what a change costs."""
