"""How much to stake, and by what: growth, whether the best choice is stable, and what a loss allows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse
from scoring.intervals import ewc_interval

STABLE = 0.5  # a choice that is best in more resamples than all others together

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class BestChoice:
    """Choices (c,) by mean log growth a round, and in which share of resamples (c,) each is the best."""

    growth: Numbers
    wins: Numbers
    best: int

    @property
    def stable(self) -> bool:
        """Whether the best one is so in more than half of the resamples."""
        return bool(self.wins[self.best] > STABLE)


@dataclass(frozen=True)
class OutOfSample:
    """What choosing by one's own past added a round, as a mean over n models, and how many it helped or hurt.

    better, worse: shares of all n; the others would have had the usual choice all the same.
    """

    n: int
    gain: float
    better: float
    worse: float


@labelled({"growth": "choice", "wins": "choice"}, rates="round choice")
def best_choice(
    rates: ArrayLike, *, block: int = 10, resamples: int = 2000, rng: np.random.Generator
) -> BestChoice:
    """The choice under which a stake would have grown most, and how often it stays the best.

    rates (r, c): pay per NMR at risk in each round under each choice. Growth is the mean of log(1 + rate). In
    each resample circular blocks of rounds are drawn, the same for all choices. A rate of -1 or below has
    growth of minus infinity. Equal growth: the earlier choice. Raises ValueError for rates that are not
    finite or not a table, and for a block that is not between 1 and r. Source: Kelly 1956 for the growth;
    Politis and Romano 1992 for the resamples.
    """
    rates = as_numbers(rates, "The rates")
    if rates.ndim != 2 or not rates.size:
        raise ValueError("Rates need a row per round and a column per choice.")
    refuse(~np.isfinite(rates), "A rate must be a finite number.")
    rounds, choices = rates.shape
    if not 1 <= block <= rounds or resamples < 1:
        raise ValueError(f"A block must be between 1 and {rounds} rounds long, and resamples 1 or more.")
    logs = _logs(rates)
    growth = logs.mean(axis=0)
    # a loss of everything has no finite sum: in running sums it counts as more than any other
    finite = np.maximum(logs, -1e6)
    running = np.concatenate((np.zeros((1, choices)), np.cumsum(np.concatenate((finite, finite)), axis=0)))
    blocks = math.ceil(rounds / block)
    lengths = np.full(blocks, block)
    lengths[-1] = rounds - block * (blocks - 1)
    starts = rng.integers(0, rounds, size=(resamples, blocks))
    totals = (running[starts + lengths] - running[starts]).sum(axis=1)
    wins = np.bincount(totals.argmax(axis=1), minlength=choices) / resamples
    return BestChoice(growth, wins, int(growth.argmax()))


@labelled(rates="round model choice")
def chosen_out_of_sample(rates: ArrayLike, usual: int, *, overlap: int = 5, fewest: int = 40) -> OutOfSample:
    """What models gain that choose by their own past, against one choice for all.

    rates (r, n, c): pay per NMR at risk of n models in each round under each choice, NaN in rounds that a
    model lacks. Each model with `fewest` rounds or more in either half of its record takes the choice with
    the largest mean log(1 + rate) in the first, without its last overlap - 1 rounds, which share days with
    the second; gain is the mean of log(1 + rate) in the second, less that of the choice `usual`.
    No model: nan. Raises ValueError for rates that are not such a table, and a
    `usual` that is no choice. Source: split halves, as in split_half.
    """
    rates = as_numbers(rates, "The rates")
    if rates.ndim != 3 or not 0 <= usual < rates.shape[2]:
        raise ValueError("Rates need rounds, models and choices, and the usual one is one of the choices.")
    refuse(np.isinf(rates), "A rate must be a finite number, or NaN where there is none.")
    if overlap < 1:
        raise ValueError("Rounds overlap by 1 (not at all) or more.")
    gains: list[float] = []
    for at in range(rates.shape[1]):
        logs = _logs(rates[:, at][~np.isnan(rates[:, at]).any(axis=1)])
        half = len(logs) // 2
        if half < fewest:
            continue
        chosen = int(logs[: half - overlap + 1].mean(axis=0).argmax())
        second = logs[half:].mean(axis=0)
        gains.append(float(second[chosen] - second[usual]))
    if not gains:
        return OutOfSample(0, math.nan, math.nan, math.nan)
    found = np.array(gains)
    better, worse = (float(np.mean(each)) for each in (found > 0, found < 0))
    return OutOfSample(found.size, float(found.mean()), better, worse)


@labelled(rates="round")
def kelly_fraction(rates: ArrayLike) -> float:
    """The share of one's NMR at risk at which it grows fastest: mean rate by long-run variance.

    rates (r,): pay per NMR at risk, one per round, in order. The variance is ewc_interval's, so that what
    neighbouring rounds share counts. Above 1: more than all there is; below 0: stake nothing. The price of
    NMR is no part of it. nan below 15 rounds and for a constant record. Raises ValueError as ewc_interval
    does. Source: Kelly 1956; Thorp 2006 for the mean by the variance.
    """
    rates = as_numbers(rates, "The rates")
    found = ewc_interval(rates)
    return found.mean / (found.se**2 * rates.size) if found.se > 0 else math.nan


@labelled(final="way")
def largest_share(final: ArrayLike, loss: float, chance: float) -> float:
    """The largest share of one's NMR to stake so that a loss beyond `loss` of all has at most that chance.

    final (n,): what a stake of 1 becomes, over n ways, as outlook gives it. The rest is kept aside, so that a
    share s loses s x (1 - final) of all. 1 where even all of it holds. Raises ValueError unless the final
    stakes are 0 or more and loss and chance lie between 0 and 1.
    """
    final = _final(final)
    if not 0 < loss < 1 or not 0 < chance < 1:
        raise ValueError("A loss and its chance lie between 0 and 1.")
    # the loss of a whole stake that at most this many ways exceed
    worst = float(np.sort(1 - final)[::-1][min(math.floor(chance * final.size), final.size - 1)])
    return 1.0 if worst <= loss else loss / worst


@labelled(final="way")
def growth_of_share(final: ArrayLike, share: float) -> float:
    """Mean log growth of all one's NMR, of which a share is staked and the rest kept aside.

    final (n,): what a stake of 1 becomes, as largest_share takes it. The mean of log(1 - share + share x
    final): minus infinity where a way may lose all. The share that grows fastest is where it is largest.
    Raises ValueError as largest_share does, and for a share that is not between 0 and 1. Source: Kelly 1956.
    """
    final = _final(final)
    if not 0 <= share <= 1:
        raise ValueError("A share lies between 0 and 1.")
    return float(_logs(share * (final - 1)).mean())


def _final(final: ArrayLike) -> Numbers:
    read = as_numbers(final, "The final stakes")
    if read.ndim != 1 or not read.size:
        raise ValueError("There must be one final stake per way.")
    refuse(~(np.isfinite(read) & (read >= 0)), "A final stake must be a number of 0 or more.")
    return read


def _logs(rates: Numbers) -> Numbers:
    with np.errstate(divide="ignore"):
        return np.log1p(np.maximum(rates, -1.0))
