"""Predictions in the laboratory: what a file of them scores, and what a set of models would make together."""
