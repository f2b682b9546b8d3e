"""What a source tells of a whole tournament: whether the day's scores are out, and years of its stake."""

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
