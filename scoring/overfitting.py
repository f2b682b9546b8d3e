"""Whether the best of many tries is more than the luck of having tried."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse

METRICS = ("sharpe", "mean")
MOST_SPLITS = 200_000

_EULER = 0.5772156649015329  # Euler's and Mascheroni's constant
_AT_A_TIME = 2**16  # numbers: half a megabyte, which stays in a processor's own cache
_NO_SPREAD = 1e-12  # a variance this small beside the mean square is rounding
_TIE = 1e-12  # a logit this near to 0 is that of the middle rank

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class OverfittingResult:
    """What choosing the best tweak on half of a record is worth on the other half, over all ways to halve it.

    splits k: ways to choose half of the blocks. A logit above 0 says that the best tweak on one half was in
    the upper half of all tweaks on the other.
    """

    probability: float  # share of logits of 0 or below
    logits: Numbers  # (k,), log(w / (1 - w)), w = rank of the chosen on the other half / (tweaks + 1)
    chosen: Numbers  # (n,), share of the splits in which each tweak was the best; nan where it was left out
    loss: float  # share of the splits in which the chosen tweak was below 0 on the other half
    slope: float  # of its metric on the other half on that where it was chosen; nan if that never varies
    tweaks: int  # that were told apart by the metric, copies included
    left_out: int  # columns without any number, or with the same number throughout if it is Sharpe's
    blocks: int
    rounds: int  # that count, after purging
    metric: str


@labelled({"chosen": "tweak"}, performance="round tweak")
def probability_of_backtest_overfitting(
    performance: ArrayLike, *, blocks: int = 16, metric: str = "sharpe", purge: int = 0
) -> OverfittingResult:
    """How often the tweak that is best on half of a record is in the worse half of them on the other half.

    performance (r, n): a row per round in order, a column per tweak. The rounds are cut into an even number
    of blocks, of nearly equal length where it does not divide them (the first ones are a round longer). For
    each choice of half of the blocks: the best tweak on them by the metric, its rank w among the n on the
    others, from the worst, over n + 1, and its logit. metric: "mean", or "sharpe", which is the mean over the
    population's standard deviation. Equal numbers share their middle rank, and where several tweaks are best
    the logit is the mean of theirs.

    purge: rounds that are dropped at the start of every block but the first, so that neighbouring blocks
    share no days: one less than how many rounds are open at once. Columns of NaN are left out, and for
    Sharpe's ratio constant ones. On independent noise it is about one half, with a standard deviation of
    about .17: one value says little, and overfitting_on_noise has the spread. Where every tweak has the same
    mean over the record, it is 1: what is good in one half is bad in the other.

    Raises ValueError for fewer than two tweaks that differ, an odd number of blocks, more blocks than rounds,
    blocks that purging leaves empty, more than 200,000 choices, infinite numbers, and columns where some are
    missing. Source: Bailey, Borwein, Lopez de Prado and Zhu 2017, The probability of backtest overfitting.
    """
    values, kept = _tweaks(performance, metric)
    # copies of a column are one, counted so often: rounding must not rank them
    values, place, copies = np.unique(values, axis=1, return_inverse=True, return_counts=True)
    if copies.size < 2:
        raise ValueError("All of these tweaks do the same: there is nothing to choose from.")
    sums = _block_sums(values, blocks, purge)
    logits, inside, outside, best = _all_halves(sums, copies.astype(np.float64), metric)
    chosen = np.full(kept.size, np.nan)
    chosen[kept] = (best / copies / logits.size)[place.ravel()]
    return OverfittingResult(
        probability=float(np.mean(logits <= _TIE)),
        logits=logits,
        chosen=chosen,
        loss=float(np.mean(outside < 0)),
        slope=_slope(inside, outside),
        tweaks=int(copies.sum()),
        left_out=int(np.count_nonzero(~kept)),
        blocks=blocks,
        rounds=int(sums.sizes.sum()),
        metric=metric,
    )


@labelled(performance="round tweak")
def overfitting_on_noise(
    performance: ArrayLike,
    *,
    blocks: int = 16,
    metric: str = "sharpe",
    purge: int = 0,
    block: int = 10,
    draws: int = 100,
    rng: np.random.Generator,
) -> Numbers:
    """The probability of overfitting (draws,) of records like this one in which no tweak is better.

    Each tweak has its own mean taken out, and whole rounds are drawn again in circular blocks of `block`
    neighbours, so that tweaks stay as alike and rounds as dependent as they are. Shows how far one value can
    come out otherwise by luck. Arguments and errors as in probability_of_backtest_overfitting, and ValueError
    for a block not between 1 and r.
    """
    values, _ = _tweaks(performance, metric)
    rounds = len(values)
    if not 1 <= block <= rounds or draws < 1:
        raise ValueError(f"Noise is drawn at least once, in blocks of 1 to {rounds} rounds.")
    centred = values - values.mean(axis=0)
    found = np.empty(draws)
    for draw in range(draws):
        starts = rng.integers(0, rounds, math.ceil(rounds / block))
        rows = ((starts[:, np.newaxis] + np.arange(block)).ravel() % rounds)[:rounds]
        again = probability_of_backtest_overfitting(centred[rows], blocks=blocks, metric=metric, purge=purge)
        found[draw] = again.probability
    return found


def deflated_sharpe_ratio(
    sharpe: float, periods: float, *, skew: float, kurtosis: float, trials: float, trial_sd: float
) -> float:
    """Probability that the best of many tries has a true Sharpe ratio above what luck alone gives the best.

    sharpe: mean / standard deviation of one period's returns, not annualised. periods: how many there are;
    where they depend on each other, the number of independent ones they are worth. skew and kurtosis of the
    returns, the latter Pearson's: 3 for a normal distribution. trials: independent tries the best was picked
    from (clusters, where tries are alike). trial_sd: standard deviation of the Sharpe ratio across the tries,
    per period as well. With Z the normal quantile and g Euler's constant,

        luck = trial_sd ((1 - g) Z(1 - 1/trials) + g Z(1 - 1/(e trials)))
        result = Phi((sharpe - luck) sqrt(periods - 1) / sqrt(1 - skew sharpe + (kurtosis - 1)/4 sharpe²))

    One trial has no luck to take off: the probability that its Sharpe ratio is above 0. nan where a number is
    nan, and where that root is 0. It is no probability that the next periods go well, and a Sharpe ratio most
    of which everybody shares (a market) is above 0 for anybody: take the difference to what is shared first.
    Raises ValueError for fewer than 2 periods or 1 trial, a trial_sd below 0, infinite numbers, and a
    kurtosis below 1 + skew², which no distribution has. Source: Bailey and López de Prado 2014, The deflated
    Sharpe ratio.
    """
    given = [as_numbers(each, "The numbers of a Sharpe ratio") for each in (sharpe, periods, skew, kurtosis)]
    given += [as_numbers(each, "The number of trials and their spread") for each in (trials, trial_sd)]
    if any(each.ndim for each in given):
        raise ValueError("A Sharpe ratio is deflated one at a time.")
    sharpe, periods, skew, kurtosis, trials, trial_sd = (float(each) for each in given)
    if any(math.isinf(float(each)) for each in given):
        raise ValueError("A Sharpe ratio is deflated by finite numbers only.")
    if periods < 2:
        raise ValueError("A Sharpe ratio needs 2 periods or more.")
    if trials < 1:
        raise ValueError("The best was picked from 1 trial or more.")
    if trial_sd < 0:
        raise ValueError("A standard deviation across trials is 0 or more.")
    least = 1 + skew**2
    if kurtosis < least - 1e-9 * least:
        raise ValueError(
            f"With a skew of {skew:g} the kurtosis is at least {least:g}; "
            "it is Pearson's, which is 3 for a normal distribution."
        )
    variance = 1 - skew * sharpe + (kurtosis - 1) / 4 * sharpe**2
    if any(math.isnan(float(each)) for each in given) or variance <= 0:
        return math.nan
    # here, because scipy takes longer to load than an answer may wait
    from scipy.special import ndtr  # pyright: ignore[reportMissingTypeStubs] - scipy brings no types

    beyond = (sharpe - trial_sd * _luck_of_the_best(trials)) * math.sqrt((periods - 1) / variance)
    return float(ndtr(beyond))


@dataclass(frozen=True)
class _Sums:
    """Sums over each of b blocks: rounds (b,), values less their mean and the squares of that (b, n)."""

    sizes: Numbers
    values: Numbers
    squares: Numbers
    means: Numbers  # (n,)
    rounding: Numbers  # (n,), variances up to this are those of constants


def _tweaks(performance: ArrayLike, metric: str) -> tuple[Numbers, NDArray[np.bool_]]:
    """The columns that can be judged (r, m), and which of n they are; ValueError for what can't be."""
    values = as_numbers(performance, "The performance of the tweaks")
    if values.ndim != 2 or values.shape[1] < 2:
        raise ValueError(
            "Overfitting is a matter of choice: it takes a column for each of two tweaks or more."
        )
    if metric not in METRICS:
        raise ValueError(f"The metric is one of {' and '.join(METRICS)}.")
    refuse(np.isinf(values), "The performance of a tweak must be finite numbers.")
    missing = np.isnan(values)
    there: NDArray[np.bool_] = np.any(~missing, axis=0)
    refuse(missing & there, "A tweak needs a number for every round, or for none at all.")
    if metric == "sharpe" and len(values):
        there &= (np.nan_to_num(values) != np.nan_to_num(values[:1])).any(axis=0)
    if np.count_nonzero(there) < 2:
        raise ValueError("Fewer than two of these tweaks have numbers that can be compared.")
    return values[:, there], there


def _block_sums(values: Numbers, blocks: int, purge: int) -> _Sums:
    rounds = len(values)
    if blocks < 2 or blocks % 2:
        raise ValueError(f"Half of the blocks are chosen, so {blocks} can't be their number: it is even.")
    if rounds < 2 * blocks:
        raise ValueError(f"{rounds} rounds can't be cut into {blocks} blocks of two rounds or more.")
    splits = math.comb(blocks, blocks // 2)
    if splits > MOST_SPLITS:
        raise ValueError(
            f"Half of {blocks} blocks can be chosen in {splits:,} ways, and {MOST_SPLITS:,} are the most "
            "that are tried: take fewer blocks."
        )
    if purge < 0 or purge > rounds // blocks - 2:
        raise ValueError(
            f"Blocks of {rounds // blocks} rounds have none to spare for purging {purge}: take fewer blocks."
        )
    means = values.mean(axis=0)
    centred = values - means
    parts = np.array_split(centred, blocks)
    parts = [parts[0], *(part[purge:] for part in parts[1:])]
    return _Sums(
        sizes=np.array([float(len(part)) for part in parts]),
        values=np.stack([part.sum(axis=0) for part in parts]),
        squares=np.stack([(part * part).sum(axis=0) for part in parts]),
        means=means,
        rounding=_NO_SPREAD * np.mean(values * values, axis=0),
    )


def _all_halves(sums: _Sums, copies: Numbers, metric: str) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Logit, metric inside and outside (k,) of what each choice finds best, and how often each is it (m,)."""
    found: list[tuple[Numbers, Numbers, Numbers]] = []
    best = np.zeros(copies.size)
    for halves in _choices(len(sums.sizes), max(1, _AT_A_TIME // copies.size)):
        one, other = (_of_rounds(sums, half, metric) for half in (halves, 1 - halves))
        # a choice and what it leaves are both choices: each is the other's test
        for inside, outside in ((one, other), (other, one)):
            top = inside.max(axis=1)
            is_best = inside == top[:, np.newaxis]
            chosen = is_best.argmax(axis=1)
            best += np.bincount(chosen, minlength=copies.size)
            value = np.take_along_axis(outside, chosen[:, np.newaxis], axis=1)
            logit = _logits(outside, value, copies)
            for row in np.flatnonzero(np.count_nonzero(is_best, axis=1) > 1).tolist():
                tied = np.flatnonzero(is_best[row])
                each = np.repeat(outside[row : row + 1], tied.size, axis=0)
                logit[row] = _logits(each, outside[row, tied][:, np.newaxis], copies) @ copies[tied]
                logit[row] /= copies[tied].sum()
                value[row] = outside[row, tied] @ copies[tied] / copies[tied].sum()
                best[chosen[row]] -= 1
                best[tied] += copies[tied] / copies[tied].sum()
            found.append((logit, top, value[:, 0]))
    logits, inside, outside = (np.concatenate(each) for each in zip(*found, strict=True))
    return logits, inside, outside, best


def _slope(inside: Numbers, outside: Numbers) -> float:
    if not (np.isfinite(inside).all() and np.isfinite(outside).all()):
        return math.nan
    spread = inside - inside.mean()
    varies = float(spread @ spread)
    return float(spread @ outside) / varies if varies > 0 else math.nan


def _choices(blocks: int, rows: int) -> Iterator[Numbers]:
    """Choices of half of the blocks (up to rows, blocks) as zeros and ones, all that hold the first block."""
    rest = itertools.combinations(range(1, blocks), blocks // 2 - 1)
    while some := list(itertools.islice(rest, rows)):
        halves = np.zeros((len(some), blocks))
        halves[:, 0] = 1
        if blocks > 2:
            np.put_along_axis(halves, np.array(some), 1, axis=1)
        yield halves


def _of_rounds(sums: _Sums, halves: Numbers, metric: str) -> Numbers:
    """The metric (k, m) of each column over the rounds of the chosen blocks."""
    shares = halves / (halves @ sums.sizes)[:, np.newaxis]
    # einsum: products this small wait longer for each other's threads than they take
    beyond = np.einsum("kb,bm->km", shares, sums.values)
    if metric == "mean":
        return np.add(beyond, sums.means, out=beyond)
    variance = np.einsum("kb,bm->km", shares, sums.squares)
    variance -= beyond * beyond
    constant = variance <= sums.rounding
    means = np.add(beyond, sums.means, out=beyond)
    if constant.any():
        means[constant] = np.where(means[constant] == 0, 0.0, np.copysign(np.inf, means[constant]))
        variance[constant] = 1.0
    means /= np.sqrt(variance, out=variance)
    return means


def _logits(outside: Numbers, value: Numbers, copies: Numbers) -> Numbers:
    """Logits (k,) of the middle ranks of value (k, 1) among the columns of outside (k, m)."""
    if copies.max() == 1:
        below = np.count_nonzero(outside < value, axis=1)
        up_to = np.count_nonzero(outside <= value, axis=1)
    else:
        below, up_to = (outside < value) @ copies, (outside <= value) @ copies
    rank = (below + up_to + 1) / 2
    return np.log(rank / (copies.sum() + 1 - rank))


def _luck_of_the_best(trials: float) -> float:
    """What the best of so many standard normal numbers is expected to be, nearly; 0 of a single one."""
    if trials == 1:
        return 0.0
    from scipy.special import ndtri  # pyright: ignore[reportMissingTypeStubs]

    best = (1 - _EULER) * ndtri(1 - 1 / trials) + _EULER * ndtri(1 - 1 / (math.e * trials))
    return max(0.0, float(best))  # a number of clusters need not be whole, and the formula fails just above 1
