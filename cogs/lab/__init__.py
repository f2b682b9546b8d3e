"""What members type about the laboratory: schemes of weighing."""
