"""The meta model as public scores imply it, and MMC derived from it."""
