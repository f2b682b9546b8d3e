"""Mean pay of many records at once, each with the error of its own mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse
from scoring.ahead.pay import FEWEST
from scoring.intervals import ewc_standard_errors
from scoring.lab.track_record import Shrunk, shrink


@dataclass(frozen=True)
class RecordMeans:
    """Means and standard errors (n,) of records, NaN for one that is too short; rounds (n,) of each."""

    mean: NDArray[np.float64]
    error: NDArray[np.float64]
    rounds: NDArray[np.intp]

    def beside(self, mean: float, error: float) -> Shrunk:
        """All of these, and one more that comes last, drawn towards everybody's mean: see shrink."""
        return shrink(np.append(self.mean, mean), np.append(self.error, error))


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
