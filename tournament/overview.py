"""What a source tells beside rows: whether the day's scores are out, years of stake, what a model is like."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class ScoresOfTheDay:
    """When the day's scores came, or are expected; None where that is not told."""

    are_expected: bool | None  # False on a day without scores
    came: datetime | None
    expected: datetime | None  # nine days of ten they are there by then


@dataclass(frozen=True)
class Likeness:
    """Correlations of a model's predictions in a round; NaN where one is not told."""

    round: int
    with_meta_model: float
    mean_with_others: float  # with other models that have a stake
    highest_with_another: float


@dataclass(frozen=True)
class Series:
    """Values (d,) by day (d,), in order."""

    days: Days
    values: NDArray[np.float64]


@dataclass(frozen=True)
class StakeOverYears:
    """The stake in NMR, and how many accounts and models have one, by day; empty where it is not told."""

    stake: Series
    accounts: Series
    models: Series
