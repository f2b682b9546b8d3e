"""Stake and score that were made up, with a relation or without."""

import math

import numpy as np

from tests.features.stakes.made_up import MadeUp, calendar, rows_of, stakes_of

NAN = math.nan


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def made_up(
    stake: np.ndarray, tc: np.ndarray, at_risk: np.ndarray | float = 1.0, *, known: bool = True
) -> MadeUp:
    """Accounts of one model each, with a tc (n, rounds)."""
    rows = rows_of(tc, at_risk)
    return MadeUp(stakes_of(stake, known=known), rows=rows, known_rounds=calendar(tc.shape[1]))
