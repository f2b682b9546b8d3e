"""The weekly summary and the promises in it."""
