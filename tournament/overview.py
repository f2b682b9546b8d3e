"""What a source tells beside rows: whose a model is and what it is like, scores by day, years of stake."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Names:
    """Models and accounts that a source knows by name."""

    models: tuple[str, ...]
    accounts: tuple[str, ...]


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


@dataclass(frozen=True)
class DailyScores:
    """A model's scores as they were on each day of its rounds, by score: rows (n,) in order of round and day.

    day counts the days on which a round was scored, from 1 or a few on; value NaN where none is told.
    """

    model: str
    round: Mapping[str, NDArray[np.int64]]
    day: Mapping[str, NDArray[np.int64]]
    value: Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class ModelClaim:
    """What Numerai publishes of a model: whose it is, and by what its owner can be known.

    A bio is a text that anybody may have typed: "" where there is none, and cut where it is very long.
    discord_id: whom the account's owner linked at Numerai; None where it does not say.
    """

    account: str
    model_id: str
    model: str
    bio: str = field(repr=False)  # it may hold a code that belongs in no log
    account_bio: str = field(default="", repr=False)
    discord_id: int | None = field(default=None, repr=False)
