"""Made-up holdings and a real leaderboard."""

import functools
from collections.abc import Callable

import numpy as np

from scoring.concentration import (
    effective_number,
    gini,
    herfindahl,
    nakamoto,
    theil,
    top_share,
)

top_two = functools.partial(top_share, k=2)
MEASURES: list[Callable[..., float]] = [gini, herfindahl, effective_number, theil, nakamoto, top_two]


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)
