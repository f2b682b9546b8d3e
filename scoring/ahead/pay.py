"""What a stake may become: a record's rounds drawn again, around a mean that may be another."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse
from scoring.change.staking import follow_stake

FEWEST = 40  # rounds; with fewer the same four or five would be drawn again and again
BLOCKS = 4  # independent stretches that a record holds at least
AT_ONCE, ROUNDS_AT_ONCE = 1000, 50  # ways and rounds that are looked at together: little memory
DEEP = 0.2  # of the highest point so far

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Outlook:
    """Where a stake of 1 may stand, over many ways that rounds may go.

    median, low, high: the stake once all rounds have resolved, less 1. loss: chance that it is below 1. deep:
    chance of having been more than a fifth below the highest point so far. path (3, r + 1): low, median and
    high of the stake as each round opens, and at the end. final (n,): the stake of each way at the end.
    """

    median: float
    low: float
    high: float
    loss: float
    deep: float
    path: Numbers
    final: Numbers


def fewest_rounds(block: int) -> int:
    """Rounds that a record must have to be drawn again in blocks: 40, and four blocks."""
    return max(FEWEST, BLOCKS * block)


@labelled(rates="round")
def draw_rounds(
    rates: ArrayLike,
    ahead: int,
    *,
    block: int = 10,
    ways: int = 4000,
    mean: float | None = None,
    error: float = 0.0,
    df: float = math.inf,
    bound: float = math.inf,
    rng: np.random.Generator,
) -> Numbers:
    """Rounds ahead (ahead, ways): a record of pay per NMR drawn again in circular blocks of neighbours.

    rates (r,): one per round, in order, as shares of what a round risks. Each way joins blocks that start
    anywhere (the record is closed to a ring) until there are `ahead` rounds. block is twice the overlap of
    rounds, so that what neighbours share stays. Without more the past mean is taken for true. With `mean` or
    its standard error `error` each way has a mean of its own: mean + error x Student's t with df degrees; the
    rounds are shifted by it, and kept within -+ bound, the clip. Blocks lie nearer to the record's own mean
    than to the true one, so that their sums vary too little, by 1 - block/r: deviations are then larger
    by sqrt(r / (r - block)).

    With the same rng, records of the same length are drawn alike, so that rules meet the same rounds. Raises
    ValueError for too short a record (fewest_rounds), rates that are not finite, and numbers that are not
    above 0. Source: Politis and Romano 1992, circular block bootstrap.
    """
    rates = as_numbers(rates, "The rates")
    if rates.ndim != 1:
        raise ValueError("There must be one rate per round, in order.")
    refuse(~np.isfinite(rates), "A rate must be a finite number for every round.")
    if block < 1 or ahead < 1 or ways < 1:
        raise ValueError("Rounds, blocks and ways are 1 or more.")
    if not (error >= 0 and df > 0 and bound > 0) or math.isinf(error):
        raise ValueError("An error is 0 or more, and degrees of freedom and a bound are above 0.")
    if rates.size < fewest_rounds(block):
        raise ValueError(f"A record needs {fewest_rounds(block)} rounds, and this has {rates.size}.")
    starts = rng.integers(0, rates.size, size=(math.ceil(ahead / block), 1, ways))
    drawn = np.empty((ahead, ways))
    for first, start in zip(range(0, ahead, block), starts, strict=True):
        at = (start + np.arange(min(block, ahead - first))[:, np.newaxis]) % rates.size
        drawn[first : first + block] = rates[at]
    if mean is None and not error:
        return drawn
    luck = rng.standard_normal(ways) if math.isinf(df) else rng.standard_t(df, ways)
    past = float(rates.mean())
    drawn -= past
    drawn *= math.sqrt(rates.size / (rates.size - block))
    drawn += past if mean is None else mean
    drawn += error * luck
    return np.clip(drawn, -bound, bound, out=drawn)


@labelled(rates="round way")
def outlook(
    rates: ArrayLike,
    *,
    lag: int = 5,
    fraction: float = 1.0,
    compounding: bool = True,
    level: float = 0.9,
    deep: float = DEEP,
) -> Outlook:
    """What a stake of 1 becomes over rounds (r,) that may go n ways.

    rates (r, n): pay per NMR at risk, as draw_rounds gives them. Each round risks `fraction` of the whole
    stake, and pays as the lag-th round after it opens: before, its pay can't be staked. With
    compounding=False the stake is made good and payouts are taken out, which are counted all the same: the
    end is 1 and all pay, and never below 0. low and high hold `level` of the ways between them. Raises
    ValueError for numbers out of their range, as follow_stake does. Source: follow_stake for the order of
    things.
    """
    rates = as_numbers(rates, "The rates")
    if rates.ndim != 2 or not rates.size:
        raise ValueError("Rates need a row per round and a column per way.")
    refuse(~np.isfinite(rates), "A rate must be a finite number.")
    if not 0 < level < 1 or not 0 < deep < 1 or lag < 0:
        raise ValueError("A level and a depth lie between 0 and 1, and a lag is 0 or more.")
    rounds, ways = rates.shape
    whole, fell = np.empty((rounds + 1, ways)), np.empty(ways, dtype=np.bool_)
    for at in range(0, ways, AT_ONCE):  # each way goes by itself
        some = slice(at, at + AT_ONCE)
        held = whole[:, some] = _held(rates[:, some], lag, fraction, compounding)
        fell[some] = (held < (1 - deep) * np.maximum.accumulate(held, axis=0)).any(axis=0)
    ends = [(1 - level) / 2, 0.5, (1 + level) / 2]
    path = np.empty((3, rounds + 1))
    for at in range(0, rounds + 1, ROUNDS_AT_ONCE):
        part = slice(at, at + ROUNDS_AT_ONCE)
        path[:, part] = np.quantile(whole[part], ends, axis=1)
    final = whole[-1].copy()
    low, median, high = (float(each) - 1 for each in path[:, -1])
    losses = float(np.count_nonzero(final < 1)) / final.size
    return Outlook(median, low, high, losses, float(np.mean(fell)), path, final)


def _held(rates: Numbers, lag: int, fraction: float, compounding: bool) -> Numbers:
    """The whole stake (r + 1, n) as each round opens, and at the end."""
    opened = np.arange(len(rates))
    path = follow_stake(rates, opened, opened + lag, 1.0, fraction=fraction, compounding=compounding)
    if compounding:
        return np.concatenate((path.stake, path.final[np.newaxis]))
    known = np.concatenate((np.zeros((1, rates.shape[1])), np.cumsum(path.payout, axis=0)))
    until = np.append(np.maximum(opened - lag + 1, 0), opened.size)
    return np.maximum(1.0 + known[until], 0.0)
