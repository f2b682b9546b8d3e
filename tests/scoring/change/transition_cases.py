"""Accounts, and rows of their differences."""

import numpy as np

# three accounts over four periods; the third comes in period 1
ACCOUNT = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2]
PERIOD = [0, 1, 2, 3, 0, 1, 2, 3, 1, 2, 3]
OLD = [4, 2, 2, 2, 2, 2, 2, 4, 1, 1, 2]  # 10, 10 and 4
NEW = [1, 1, 2, 1, 2, 1, 2, 6, 0, 1, 1]  # 5, 11 and 2


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def as_rows(difference: np.ndarray) -> tuple[np.ndarray, ...]:
    """Rows (old, new, account, period) whose differences are those of a table (a, r)."""
    account, period = (numbers.ravel() for numbers in np.indices(difference.shape))
    return np.ones(difference.size), 1 + difference.ravel(), account, period
