"""The whole bot in a browser page, with no token."""
