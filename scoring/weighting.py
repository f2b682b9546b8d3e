"""Weights in the meta model under a scheme: stakes go in, weights that add up to 1 come out."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Hashable, Iterable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse

_ROUNDING = 1e-12  # 49 x (1 / 49) is not quite 1


@labelled("model", stakes="model")
def stake_weights(stakes: ArrayLike) -> NDArray[np.float64]:
    """Weights (n,) in proportion to stakes (n,): stake / total stake.

    Splitting a stake over several models, or merging several, changes nothing; no other scheme on stakes
    alone can say that. No stake at all: nan. Raises ValueError for stakes that are negative, NaN or
    infinite, here and below.
    """
    return _shares(stakes, "stake")


@labelled("model", weights="model")
def cap_weights(weights: ArrayLike, cap: float) -> NDArray[np.float64]:
    """Weights (n,) of which none is above a cap; the others share what it cuts off, in proportion.

    min(cap, level x weight), with the one level at which they add up to 1 (water filling): the order is
    kept, equal weights stay equal, a weight of 0 stays 0. weights need not add up to 1. No weight at all:
    nan. Raises ValueError for a cap that is not above 0 and at most 1, and for one so low that the holders
    above 0, each at the cap, do not add up to 1. Whoever splits into enough models is never capped: put
    those that belong together into one weight first.
    """
    shares = _shares(weights, "weight")
    if not 0 < cap <= 1:
        raise ValueError("A cap must be a share above 0 and at most 1.")
    held = np.count_nonzero(shares > 0)
    if not held:
        return shares
    if cap * held < 1 - _ROUNDING:
        raise ValueError(
            f"A cap of {100 * cap:g} % is too low: {held} holders with at most that much each "
            f"have less than 100 % together."
        )
    return limited_weights(shares, np.full(shares.size, cap))


@labelled("model", weights="model", limits="model")
def limited_weights(weights: ArrayLike, limits: ArrayLike) -> NDArray[np.float64]:
    """Weights (n,) of which none is above its own limit; the others share what is cut off, in proportion.

    min(limit, level x weight), with the one level at which they add up to 1. weights need not add up to 1;
    a weight of 0 stays 0. No weight at all: nan. Raises ValueError for limits (n,) that are negative, NaN
    or infinite, and for limits of those with weight that add up to less than 1.
    """
    shares, most = _shares(weights, "weight"), as_numbers(limits, "Limits")
    if most.shape != shares.shape:
        raise ValueError(f"{most.size} limits do not fit {shares.size} weights.")
    refuse(~((most >= 0) & (most < np.inf)), "A limit must be a finite share of 0 or more.")
    held = np.flatnonzero(shares > 0)
    if not held.size:
        return shares
    total = float(most[held].sum())
    if total < 1 - _ROUNDING:
        raise ValueError(f"The limits are too low: all holders at theirs have {100 * total:.3g} % together.")
    order = held[np.argsort(most[held] / shares[held], kind="stable")]
    # with the k that reach their limits first at them, the others would be multiplied by levels[k]
    reached = np.concatenate(([0.0], np.cumsum(most[order])[:-1]))
    levels = (1 - reached) / np.cumsum(shares[order][::-1])[::-1]
    fits = np.flatnonzero(levels * shares[order] <= most[order])
    if not fits.size:  # everybody is at the limit, but for rounding
        return np.where(shares > 0, most / total, 0.0)
    return np.minimum(most, levels[fits[0]] * shares)


@labelled("model", account_weight="{account}", stakes="model", accounts="model")
def account_weights(
    account_weight: Mapping[Hashable, float], stakes: ArrayLike, accounts: Iterable[Hashable]
) -> NDArray[np.float64]:
    """Weights (n,) of models when accounts have the weights, and split them inside by stake.

    account_weight says what each account gets; stakes (n,) and accounts (n,) are those of the models:
    weight of the account x stake / stake of the account. A weight of 0.02 over stakes of 90 and 10 gives
    0.018 and 0.002. An account without stake is dropped and the others are scaled up, so that the result
    adds up to 1; so are account weights that do not add up to 1. Nobody with both stake and weight: nan.
    Raises ValueError for a model whose account has no weight, and for weights that are negative, NaN or
    infinite.
    """
    staked = _held(stakes, "stake")
    labels, member = _numbered(accounts, staked.size)
    missing = next((label for label in labels if label not in account_weight), None)
    if missing is not None:
        raise ValueError(f"Account {missing} has no weight.")
    given = _held([account_weight[label] for label in labels], "weight")
    of_account = np.bincount(member, weights=staked, minlength=len(labels)).astype(np.float64)[member]
    inside = np.divide(staked, of_account, out=np.zeros_like(staked), where=of_account > 0)
    return _shares(given[member] * inside, "weight")


@labelled("model", stakes="model", accounts="model")
def power_weights(stakes: ArrayLike, accounts: Iterable[Hashable], exponent: float) -> NDArray[np.float64]:
    """Weights (n,) of models when an account gets its total stake to the power of an exponent.

    stakes (n,), accounts (n,); inside an account it goes by stake. 1 is stake weighting, 0.5 the square
    root, 0 the same for every account that has a stake. Below 1, splitting into several accounts pays, and
    splitting into several models of one account never does. Raises ValueError for an exponent that is not
    a finite number of 0 or more.
    """
    if not 0 <= exponent < math.inf:
        raise ValueError("An exponent must be a finite number of 0 or more.")
    return _by_total(stakes, accounts, lambda totals: _held(totals, "stake") ** exponent)


@labelled("model", stakes="model", accounts="model")
def log_weights(stakes: ArrayLike, accounts: Iterable[Hashable]) -> NDArray[np.float64]:
    """Weights (n,) of models when an account gets ln(1 + its total stake in NMR).

    stakes (n,) in NMR (another unit gives other weights), accounts (n,); inside an account it goes by
    stake. Nearly proportional far below 1 NMR, nearly equal far above it. Splitting into several accounts
    pays.
    """
    return _by_total(stakes, accounts, np.log1p)


@labelled("{account}", scores_by_account="{account}")
def rank_account_weights(scores_by_account: Mapping[Hashable, float]) -> dict[Hashable, float]:
    """Weight of each account from the rank of its score, for account_weights; they add up to 1.

    2 (n + 1 - rank) / (n (n + 1)) for n accounts, rank 1 for the highest score: the best gets n times what
    the last gets. Equal scores share the mean of their ranks. An account whose score is NaN is not ranked
    and gets 0; nobody ranked: nan. Raises ValueError for an infinite score.
    """
    scores = as_numbers(list(scores_by_account.values()), "The scores")
    if scores.ndim != 1:
        raise ValueError("There must be one score per account.")
    refuse(np.isinf(scores), "A score must be a finite number, or NaN where it is missing.")
    ranked = ~np.isnan(scores)
    _, place, ties = np.unique(scores[ranked], return_inverse=True, return_counts=True)
    # from the lowest score: the mean position of a tie, counted from 1
    position = np.cumsum(ties) - (ties - 1) / 2
    weights = np.zeros(scores.size)
    weights[ranked] = position[place]
    return dict(zip(scores_by_account, _shares(weights, "weight").tolist(), strict=True))


@labelled(stakes="model")
def split_gain(
    scheme: Callable[[NDArray[np.float64]], NDArray[np.float64]], stakes: ArrayLike, index: int, parts: int
) -> float:
    """What holder `index` gains by splitting: the weight of its parts together, over its weight whole.

    scheme gives the weights of any list of stakes; stakes (n,). The stake is split evenly in `parts`: the
    first part stands where the holder stood, the others at the end. 1 means that splitting is in vain,
    above 1 that it pays. A holder without weight: nan. Raises ValueError for an index that is not one of
    the holders, and for parts that are not a whole number of 1 or more.
    """
    whole = as_numbers(stakes, "Stakes")
    _held(whole, "stake")
    index, parts = _whole(index), _whole(parts)
    if not 0 <= index < whole.size:
        raise ValueError(f"There is no holder {index} among {whole.size} counted from 0.")
    if parts < 1:
        raise ValueError("A holder splits in 1 part or more.")
    split = np.concatenate((whole, np.full(parts - 1, whole[index] / parts)))
    split[index] = whole[index] / parts
    before, after = (as_numbers(scheme(held), "The weights") for held in (whole, split))
    if before.shape != whole.shape or after.shape != split.shape:
        raise ValueError("A scheme must give one weight per stake.")
    weight = float(before[index])
    return (float(after[index]) + math.fsum(after[whole.size :])) / weight if weight else math.nan


def _by_total(
    stakes: ArrayLike,
    accounts: Iterable[Hashable],
    transform: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Weights of models when each account gets transform(its total stake)."""
    staked = as_numbers(stakes, "Stakes")
    _held(staked, "stake")
    if isinstance(accounts, range) and accounts == range(
        staked.size
    ):  # nobody has two models: thousands need not be numbered one by one
        return _shares(np.where(staked > 0, transform(staked), 0.0), "weight")
    labels, member = _numbered(accounts, staked.size)
    totals = np.bincount(member, weights=staked, minlength=len(labels)).astype(np.float64)
    given = dict(zip(labels, transform(totals).tolist(), strict=True))
    return account_weights(given, staked, (labels[int(number)] for number in member))


def _shares(values: ArrayLike, what: str) -> NDArray[np.float64]:
    """Shares (n,) of the sum of values that are finite and 0 or more; nan if the sum is 0."""
    held = _held(values, what)
    return held / held.sum() if held.any() else np.full(held.size, math.nan)


def _held(values: ArrayLike, what: str) -> NDArray[np.float64]:
    """Values (n,) in units of the largest, so that no sum leaves the range of a float."""
    held = as_numbers(values, f"{what.capitalize()}s")
    if held.ndim != 1:
        raise ValueError(f"{what.capitalize()}s must be a list of numbers, one per holder.")
    if not held.size:
        return held
    high = held.max()
    refuse(~((held >= 0) & (held < np.inf)), f"A {what} must be a finite number of 0 or more.")
    return held / high if high else held


def _numbered(accounts: Iterable[Hashable], models: int) -> tuple[list[Hashable], NDArray[np.intp]]:
    """The accounts in order of appearance, and which of them each model belongs to."""
    numbers: dict[Hashable, int] = {}
    member = np.array([numbers.setdefault(label, len(numbers)) for label in accounts], dtype=np.intp)
    if member.size != models:
        raise ValueError(f"{member.size} accounts do not fit {models} stakes.")
    if any(label is None or label != label for label in numbers):  # only NaN differs from itself
        raise ValueError("Every stake needs an account.")
    return list(numbers), member


def _whole(number: int) -> int:
    try:
        return operator.index(number)
    except TypeError as error:
        raise ValueError("Holders and parts are counted in whole numbers.") from error
