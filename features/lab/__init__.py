"""The laboratory: what predictions score, what schemes of weighing do to stakes, and what splitting gains."""
