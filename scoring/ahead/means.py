"""Mean pay of many records at once with their errors, and pay ahead of one that knows its own."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse
from scoring.ahead.pay import FEWEST, Outlook, draw_rounds, outlook
from scoring.intervals import Interval, ewc_interval, ewc_standard_errors
from scoring.lab.track_record import shrink


@dataclass(frozen=True)
class RecordMeans:
    """Means and standard errors (n,) of records, NaN for one that is too short; rounds (n,) of each."""

    mean: NDArray[np.float64]
    error: NDArray[np.float64]
    rounds: NDArray[np.intp]

    def without(self, records: NDArray[np.intp]) -> RecordMeans:
        """The others alone: these have no mean."""
        mean, error = self.mean.copy(), self.error.copy()
        mean[records] = error[records] = np.nan
        return RecordMeans(mean, error, self.rounds)


@labelled({"mean": "record", "error": "record", "rounds": "record"}, records="round record")
def record_means(records: ArrayLike, *, fewest: int = FEWEST) -> RecordMeans:
    """Means of records with errors that allow for the dependence of rounds, as ewc_interval has them.

    records (r, n): a column per record, NaN in rounds that it lacks, which are left out as if the others were
    neighbours. One with fewer than `fewest` rounds, or that never changes, has neither. Raises ValueError
    for records that are not a table, and infinite ones.
    """
    table = as_numbers(records, "The records")
    if table.ndim != 2:
        raise ValueError("Records need a row per round and a column for each.")
    refuse(np.isinf(table), "A record holds finite numbers, or NaN where there is none.")
    there = ~np.isnan(table)
    rounds = np.count_nonzero(there, axis=0)
    means, errors = (np.full(rounds.size, np.nan) for _ in range(2))
    for length in np.unique(rounds[rounds >= max(fewest, 1)]).tolist():
        alike = np.flatnonzero(rounds == length)
        some = table[:, alike].T[there[:, alike].T].reshape(alike.size, length).T
        found, error, _ = ewc_standard_errors(some)
        known = error > 0
        means[alike[known]], errors[alike[known]] = found[known], error[known]
    return RecordMeans(means, errors, rounds)


@dataclass(frozen=True)
class Drawn:
    """By how much a mean moves towards everybody's, and how much of its distance it keeps, from 0 to 1."""

    shift: float
    kept: float  # NaN where it stays, because too little is known of the others


@labelled(beyond="round")
def draw_towards(beyond: ArrayLike, others: RecordMeans | None) -> Drawn:
    """How a record's mean is drawn towards everybody's, by how much of the spread of models is chance.

    beyond (r,): what it had in each round beyond everybody's mean of that round, in order; others: the means
    of that for everybody else, as record_means gives them. What all have in common is no part of it, so that
    it is judged by what tells models apart: the distance to everybody's mean shrinks as shrink has it. A
    record that never differs, or fewer than two others: it stays. Raises ValueError as ewc_interval does.
    Source: Efron and Morris 1975.
    """
    own = ewc_interval(beyond)
    if others is None or not own.se > 0:
        return Drawn(0.0, math.nan)
    shrunk = shrink(np.append(others.mean, own.mean), np.append(others.error, own.se))
    if math.isnan(shrunk.mean):
        return Drawn(0.0, math.nan)
    return Drawn(float(shrunk.scores[-1]) - own.mean, float(shrunk.kept[-1]))


@dataclass(frozen=True)
class LookAhead:
    """Pay ahead of one record: its own past drawn again, and the same around a mean that may be another.

    past: the mean rate of a round with its interval; mean: what it is taken to be.
    """

    past: Interval
    mean: float
    alone: Outlook
    wide: Outlook


@labelled(rates="round")
def look_ahead(
    rates: ArrayLike,
    ahead: int,
    *,
    shift: float = 0.0,
    block: int = 10,
    lag: int = 5,
    fraction: float = 1.0,
    compounding: bool = True,
    bound: float = math.inf,
    ways: int = 4000,
    rng: np.random.Generator,
) -> LookAhead:
    """What a stake may become over `ahead` rounds by a record (r,), alone and with the error of its mean.

    rates: pay per NMR at risk, in order. shift: by how much the mean is moved, that of draw_towards. Its
    error stays that of the record: what everybody missed together is no smaller for the mean of all. Numbers
    as draw_rounds and outlook take them, which raise ValueError.
    """
    rates = as_numbers(rates, "The rates")
    seed = int(rng.integers(2**32))

    def made(**terms: float) -> Outlook:
        drawn = draw_rounds(rates, ahead, block=block, ways=ways, rng=np.random.default_rng(seed), **terms)
        return outlook(drawn, lag=lag, fraction=fraction, compounding=compounding)

    alone = made()
    past = ewc_interval(rates)
    mean = past.mean + shift
    return LookAhead(past, mean, alone, made(mean=mean, error=past.se, df=past.df, bound=bound))
