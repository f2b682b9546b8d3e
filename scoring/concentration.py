"""How unequally stake is spread over its holders: Gini, effective number, Theil, Lorenz, Nakamoto."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse

TIE = 1e-12  # shares closer than this are the same share: 0.1 + 0.2 is not quite 0.3


@dataclass(frozen=True)
class Concentration:
    """How many holders there are, their stake (NMR), and how unequally it is spread.

    half is how many of the largest hold more than half (the Nakamoto coefficient). Without any stake the
    three measures are nan.
    """

    holders: int
    stake: float
    gini: float
    effective_number: float
    half: float


@labelled(x="holder")
def gini(x: ArrayLike) -> float:
    """Gini coefficient of holdings x (n,): 0 when all are equal, (n - 1) / n when one holds everything.

    sum_i (2i - n - 1) x_i / (n sum x), x ascending: the Gini of these holders, without the small-sample
    factor n / (n - 1). Zeros count as holders. No holder or no stake: nan. Raises ValueError for holdings
    that are negative, NaN or infinite, here and below. Source: Gini 1912; Dorfman 1979.
    """
    held = np.sort(as_holdings(x))
    total = held.sum()
    if not total:
        return math.nan
    return max(0.0, float(gini_weights(held.size) @ held / total))


@labelled(x="holder")
def herfindahl(x: ArrayLike) -> float:
    """Herfindahl-Hirschman index of holdings x (n,): the sum of squared shares, 1 / n to 1.

    Zeros change nothing. No holder or no stake: nan. Shares of 30, 30, 20 and 20 % give 0.26 (2,600 in
    the points of competition law). Source: Hirschman 1945; Herfindahl 1950.
    """
    held = as_holdings(x)
    total = held.sum()
    return float(held @ held / total**2) if total else math.nan


@labelled(x="holder")
def effective_number(x: ArrayLike) -> float:
    """How many equal holders would be as concentrated as x (n,): 1 / herfindahl, 1 to n.

    Zeros change nothing. No holder or no stake: nan. Source: Hill 1973, order 2.
    """
    return 1 / herfindahl(x)


@labelled(x="holder")
def theil(x: ArrayLike) -> float:
    """Theil index of holdings x (n,), in nats: 0 when all are equal, ln n when one holds everything.

    mean((x / m) ln(x / m)) with m the mean and 0 ln 0 = 0. Zeros count as holders. No holder or no stake:
    nan. It splits exactly into what lies within groups and between them: theil_split. Source: Theil 1967.
    """
    held = as_holdings(x)
    total = held.sum()
    if not total:
        return math.nan
    return max(0.0, float(_times_log(held / total, held / total * held.size).sum()))


@labelled(x="holder", groups="holder")
def theil_split(x: ArrayLike, groups: Iterable[Hashable]) -> tuple[float, float]:
    """Theil index within groups and between them; the two add up to theil(x).

    x (n,) holdings, groups (n,) the group of each. With S stake and n holders, of all and of group g:
    within = sum_g S_g / S theil(x_g), between = sum_g S_g / S ln((S_g / S) / (n_g / n)). No holder or no
    stake: (nan, nan). Raises ValueError unless every holding has a group. Source: Theil 1967.
    """
    held = as_holdings(x)
    numbers: dict[Hashable, int] = {}
    member = np.array([numbers.setdefault(label, len(numbers)) for label in groups], dtype=np.intp)
    if member.size != held.size:
        raise ValueError(f"{member.size} groups do not fit {held.size} holdings.")
    if any(label is None or label != label for label in numbers):  # only NaN differs from itself
        raise ValueError("Every holding needs a group.")
    total = held.sum()
    if not total:
        return math.nan, math.nan
    share = held / total
    size = np.bincount(member).astype(np.float64)
    of_group = np.bincount(member, weights=share).astype(np.float64)
    mean_in_group = (of_group / size)[member]
    # a group without any stake has no inequality inside and no share in what lies between
    within = _times_log(share, np.divide(share, mean_in_group, out=np.zeros_like(share), where=share > 0))
    between = _times_log(of_group, of_group / (size / held.size))
    return max(0.0, float(within.sum())), max(0.0, float(between.sum()))


@labelled(x="holder")
def top_share(x: ArrayLike, k: int) -> float:
    """Share (0 to 1) of all stake that the k largest of holdings x (n,) have together.

    k at or above n gives 1. No holder or no stake: nan. Raises ValueError for a k that is not a whole
    number of 0 or more.
    """
    held, k = as_holdings(x), whole_number(k)
    total = held.sum()
    if not total:
        return math.nan
    if k >= held.size:
        return 1.0
    return float(np.partition(held, held.size - k)[held.size - k :].sum() / total) if k else 0.0


@labelled(x="holder")
def lorenz_curve(x: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lorenz curve of holdings x (n,): the smallest holders' share of the population and of the stake.

    Both (n + 1,), from (0, 0) to (1, 1); the area between the curve and the diagonal is half the Gini
    coefficient. No stake: the second is all nan; no holder: one nan each. Source: Lorenz 1905.
    """
    held = np.sort(as_holdings(x))
    if not held.size:
        return np.array([math.nan]), np.array([math.nan])
    population = np.arange(held.size + 1) / held.size
    running = np.concatenate(([0.0], np.cumsum(held)))
    return population, running / running[-1] if running[-1] else np.full(running.size, math.nan)


@labelled(x="holder")
def nakamoto(x: ArrayLike, threshold: float = 0.5) -> float:
    """Nakamoto coefficient: the smallest k whose k largest holdings exceed a share of all stake.

    x (n,); the share must be strictly above the threshold, and shares closer than 1e-12 count as equal:
    four equal holders give 3. Zeros change nothing. No holder or no stake: nan. Raises ValueError for a
    threshold that is not at least 0 and below 1. Source: Srinivasan and Lee 2017.
    """
    held = np.sort(as_holdings(x))[::-1]
    if not 0 <= threshold < 1:
        raise ValueError("The threshold must be a share of at least 0 and below 1.")
    running = np.cumsum(held)
    total = float(running[-1]) if held.size else 0.0
    if not total:
        return math.nan
    not_above = np.searchsorted(running, (threshold + TIE) * total, side="right")
    return float(min(not_above + 1, np.count_nonzero(held)))


@labelled(x="holder")
def leave_top_out(x: ArrayLike, k: int, measure: Callable[[NDArray[np.float64]], float]) -> float:
    """A measure (gini, effective_number, ...) of holdings x (n,) without the k largest.

    What a finding owes to its few largest holders, or to one wrong guess of who belongs to whom. Leaving
    out everybody gives the measure of nobody: nan. Raises ValueError as top_share does.
    """
    held, k = as_numbers(x, "Holdings"), whole_number(k)
    as_holdings(held)
    return float(measure(np.sort(held)[: max(0, held.size - k)]))


@labelled(stakes="holder")
def concentration(stakes: ArrayLike) -> Concentration:
    """The holders of stakes (n,), in NMR, and how unequally theirs is spread; zeros count as holders.

    Raises ValueError for stakes that are negative, NaN or infinite.
    """
    staked = as_holdings(stakes)
    return Concentration(
        holders=staked.size,
        stake=float(as_numbers(stakes, "Holdings").sum()),
        gini=gini(staked),
        effective_number=effective_number(staked),
        half=nakamoto(staked),
    )


@labelled(x="holder")
def as_holdings(x: ArrayLike) -> NDArray[np.float64]:
    """Holdings in units of the largest, so that no sum or square leaves the range of a float."""
    held = as_numbers(x, "Holdings")
    if held.ndim != 1:
        raise ValueError("Holdings must be a list of numbers, one per holder.")
    if not held.size:
        return held
    high = held.max()
    refuse(~((held >= 0) & (held < np.inf)), "A holding must be a finite number of 0 or more.")
    return held / high if high else held


@labelled()
def gini_weights(n: int) -> NDArray[np.float64]:
    """(2i - n - 1) / n for i = 1 to n."""
    return np.arange(1 - n, n, 2) / n


def _times_log(factor: NDArray[np.float64], inner: NDArray[np.float64]) -> NDArray[np.float64]:
    """factor x ln(inner), 0 where the factor is 0."""
    return factor * np.log(inner, out=np.zeros_like(inner), where=factor > 0)


def whole_number(k: int) -> int:
    """A number of holders. Raises ValueError for what is not a whole number of 0 or more."""
    try:
        k = operator.index(k)
    except TypeError:
        k = -1
    if k < 0:
        raise ValueError("A number of holders must be a whole number of 0 or more.")
    return k
