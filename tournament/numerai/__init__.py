"""Numerai's public API, from the one request to arrays."""
