"""What other weights would change for the meta model, to first order, and how good that is."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse
from scoring.meta_model import LEAST_ALIKE, contributions
from scoring.metrics import numerai_corr
from scoring.weighting import stake_weights

Floats = NDArray[np.float64]
_FEWEST_STOCKS = 20
_BINS = (0.05, 0.2, 0.5, 0.2, 0.05)  # shares of Numerai's five target values


@labelled(stakes="model", after="model", corr="model", corr_with_meta_model="model")
def meta_model_change(
    stakes: ArrayLike, after: ArrayLike, corr: ArrayLike, corr_with_meta_model: ArrayLike
) -> float:
    """By how much CORR of the meta model would change with other weights in one round, to first order.

    sum (after - stake weight) x contribution / sum of stake weight x correlation with the meta model, in the
    unit of CORR. stakes (n,) in any unit; after (n,) weights that add up to 1; corr, corr_with_meta_model
    (n,) as published, a model without one of them (NaN) counts neither before nor after. It is the derivative
    of the CORR of a weighted sum of predictions along the change: right for small changes; of large ones it
    leaves out that other weights make another sum of another length, so that it is too high on average
    (first_order_in_simulation). nan where the meta model of the round can't be told. Raises ValueError for
    lists that don't fit each other, weights that are negative or infinite, and as meta_model_corr does.
    Source: derived here.
    """
    c, alike = as_numbers(corr, "CORR"), as_numbers(corr_with_meta_model, "The correlation")
    held, then = as_numbers(stakes, "The stakes"), as_numbers(after, "The weights")
    owed = contributions(c, alike, held)
    if then.shape != held.shape:
        raise ValueError(f"{then.size} weights do not fit {held.size} stakes.")
    refuse((then < 0) | np.isinf(then), "A weight must be a finite number of 0 or more.")
    there = ~(np.isnan(owed) | np.isnan(alike) | np.isnan(held) | np.isnan(then))
    if not there.any() or not held[there].any() or not then[there].any():
        return math.nan
    before, changed = stake_weights(held[there]), stake_weights(then[there])
    below = float(before @ alike[there])
    if abs(below) <= LEAST_ALIKE:
        return math.nan
    return float((changed - before) @ owed[there]) / below


@dataclass(frozen=True)
class FirstOrder:
    """The first order beside the exact change, over simulated rounds (r,), in the unit of CORR."""

    first_order: Floats
    exact: Floats

    @property
    def r(self) -> float:
        """Pearson's correlation of the two; nan where one does not change."""
        one, other = self.first_order - self.first_order.mean(), self.exact - self.exact.mean()
        size = math.sqrt(float(one @ one) * float(other @ other))
        return float(one @ other) / size if size else math.nan

    @property
    def too_high(self) -> float:
        """By how much the mean of the first order is above that of the exact change."""
        return float((self.first_order - self.exact).mean())

    @property
    def factor(self) -> float:
        """The mean of the first order over that of the exact change; it says little where that is near 0."""
        exact = float(self.exact.mean())
        return float(self.first_order.mean()) / exact if exact else math.nan


def first_order_in_simulation(
    weigh: Callable[[Floats], Floats],
    stakes: Floats,
    corr_with_meta_model: Floats,
    *,
    rng: np.random.Generator,
    rounds: int = 200,
    stocks: int = 1500,
    corr: float = 0.03,
    skill: float = 0.005,
    ranked: bool = False,
) -> FirstOrder:
    """meta_model_change beside what the CORR of the meta model really changes by, on made-up predictions.

    weigh gives weights for stakes (n,). Each prediction is correlated corr_with_meta_model (n,), from 0 to
    1, with one signal that all share, and has a part of its own; the target has a correlation of about `corr`
    with that signal, and with each own part one drawn with standard deviation `skill`. ranked: CORR is
    Numerai's, of ranks, and the target has its five values; else it is plain correlation. A meta model is the
    weighted sum of predictions. With the stakes of 475 accounts, 100 rounds and five schemes (caps of 1 and 5
    %, root, logarithm, equal weights) the first order was .0001 to .0003 too high a round, which is 1.4 to
    1.6 times the gain that mixing more evenly made there; r .998, and .94 to .96 where ranked. Raises
    ValueError for lists that do not fit, correlations outside 0 to 1, no round and fewer than 20 stocks.
    """
    held, alike = as_numbers(stakes, "The stakes"), as_numbers(corr_with_meta_model, "The correlations")
    before, after = stake_weights(held), as_numbers(weigh(held), "The weights")
    if not held.size or not held.shape == alike.shape == after.shape:
        raise ValueError("There must be one correlation and one weight per stake.")
    refuse(~((alike >= 0) & (alike <= 1)), "A correlation must be between 0 and 1 here.")
    if rounds < 1 or stocks < _FEWEST_STOCKS:
        raise ValueError(f"A simulation needs a round or more, and {_FEWEST_STOCKS} stocks or more.")
    own = np.sqrt(1 - alike**2)
    told, real = np.empty((2, rounds))
    for at in range(rounds):
        shared, alone = rng.standard_normal(stocks), rng.standard_normal((stocks, held.size))
        predictions = alike * shared[:, np.newaxis] + own * alone
        target = (
            corr * shared + alone @ (skill * rng.standard_normal(held.size)) + rng.standard_normal(stocks)
        )
        both = predictions @ np.stack((before, after), axis=1)
        if ranked:
            bins = np.round(np.cumsum(_BINS) * stocks).astype(np.intp)[:-1]
            values = np.empty(stocks)
            values[np.argsort(target)] = np.searchsorted(bins, np.arange(stocks), side="right") / 4
            scores, [now, then] = numerai_corr(predictions, values), numerai_corr(both, values)
        else:
            scores, [now, then] = _correlated(predictions, target), _correlated(both, target)
        real[at] = then - now
        told[at] = meta_model_change(held, after, scores, _correlated(predictions, both[:, 0]))
    return FirstOrder(told, real)


def _correlated(columns: Floats, one: Floats) -> Floats:
    """Pearson's correlation of each column (s, n) with one (s,)."""
    centred, other = columns - columns.mean(axis=0), one - one.mean()
    return other @ centred / np.linalg.norm(centred, axis=0) / np.linalg.norm(other)
