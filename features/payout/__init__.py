"""What a stake is paid under one rule or another."""
