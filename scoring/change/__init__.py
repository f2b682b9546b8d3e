"""What another payout rule does to pay: over time, to whom, and how a change can be softened."""
