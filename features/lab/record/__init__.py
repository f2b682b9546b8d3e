"""What a track record proves, how repeatable scores are, and what another score makes of the best."""
