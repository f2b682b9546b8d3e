"""Which model or account is a member's, and the proof of it."""
