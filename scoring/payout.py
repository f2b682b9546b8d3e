"""What a stake earns or burns in a round: payout factor, clip and the payout itself."""

import functools
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

CLIP_ORDERS = ("factor_inside_clip", "factor_outside_clip")


def payout_factor(total_at_risk: ArrayLike, stake_threshold: ArrayLike) -> NDArray[np.float64] | float:
    """Share of the weighted score that is paid once more than the threshold is at risk.

    min(1, stake_threshold / total_at_risk), both in NMR and broadcast against each other. An unknown
    (NaN) total gives NaN; a total of 0 gives 1. Raises ValueError for a negative total or a threshold
    that is not above 0. Source: Numerai's staking documentation, rules of 2021-02-20 to 2026-08-27.
    """
    total = _numbers(total_at_risk, "The total at risk")
    threshold = _numbers(stake_threshold, "The stake threshold")
    if np.any(total < 0):
        raise ValueError("The total at risk can't be below 0 NMR.")
    if not np.all(threshold > 0):
        raise ValueError("The stake threshold must be above 0 NMR.")
    _common_shape(total=total.shape, threshold=threshold.shape)
    factor = threshold / np.maximum(total, threshold)  # the same as min(1, ...), without dividing by 0
    return factor if factor.ndim else float(factor)


def payouts(
    scores: ArrayLike,
    multipliers: ArrayLike,
    stake: ArrayLike,
    *,
    factor: ArrayLike = 1.0,
    clip: ArrayLike = 0.05,
    clip_order: str = "factor_inside_clip",
) -> NDArray[np.float64]:
    """NMR earned (above 0) or burned (below 0) in a round, for any number of models, rounds and rules.

    scores (..., k) holds k scores; multipliers broadcast against it; stake (NMR at risk in that round),
    factor and clip broadcast against (...). With w = sum of multiplier x score:

    - factor_inside_clip:  stake x clip(factor x w, -clip, +clip)   (before round 311, and since round 316)
    - factor_outside_clip: stake x factor x clip(w, -clip, +clip)   (rounds 311 to 315)

    A NaN score gives a NaN payout, unless its multiplier is 0; a NaN factor (not yet known) gives NaN.
    An infinite clip is no clip. Raises ValueError for multipliers or stakes that are negative, NaN or
    infinite, a negative or infinite factor, a clip that is not above 0, or shapes that do not fit.
    Source: Numerai's staking documentation; both orders reproduce rows that were really paid.
    """
    _check_order(clip_order)
    scores = np.atleast_1d(_numbers(scores, "The scores"))
    multipliers = np.atleast_1d(_numbers(multipliers, "The multipliers"))
    stake, factor, clip = (
        _numbers(values, name)
        for values, name in ((stake, "The stake"), (factor, "The payout factor"), (clip, "The clip"))
    )
    if not _all_between(multipliers, 0.0):
        raise ValueError("Multipliers must be numbers of 0 or more.")
    if not _all_between(stake, 0.0):
        raise ValueError("A stake must be a number of 0 NMR or more.")
    if (factor < 0).any() or np.isinf(factor).any():
        raise ValueError("A payout factor must be a number of 0 or more.")
    if not (clip > 0).all():
        raise ValueError("A clip must be above 0.")
    if 0 in (multipliers.shape[-1], scores.shape[-1]):
        raise ValueError("A payout needs at least one score.")
    if multipliers.shape[-1] != scores.shape[-1] and 1 not in (multipliers.shape[-1], scores.shape[-1]):
        raise ValueError(f"{multipliers.shape[-1]} multipliers do not fit {scores.shape[-1]} scores.")
    shape = _common_shape(
        scores=scores.shape[:-1],
        multipliers=multipliers.shape[:-1],
        stake=stake.shape,
        factor=factor.shape,
        clip=clip.shape,
    )

    weighted = np.asarray(_weighted_score(scores, multipliers))
    # one array from here on: large temporaries cost more than the arithmetic
    paid = weighted if weighted.shape == shape else np.array(np.broadcast_to(weighted, shape))
    if clip_order == "factor_inside_clip":
        paid *= factor
        np.clip(paid, -clip, clip, out=paid)
    else:
        np.clip(paid, -clip, clip, out=paid)
        paid *= factor
    paid *= stake
    return paid


def is_clipped(
    paid: ArrayLike,
    stake: ArrayLike,
    *,
    factor: ArrayLike = 1.0,
    clip: ArrayLike = 0.05,
    clip_order: str = "factor_inside_clip",
) -> NDArray[np.bool_]:
    """Whether payouts (NMR) sit at the bound that the clip sets, seen from the amounts alone.

    Works on amounts that were really paid, whose scores need not be known. Paid amounts are rounded, so
    the bound counts as reached within one part in a million. A stake of 0 is never clipped.
    """
    _check_order(clip_order)
    paid, stake = _numbers(paid, "The payouts"), _numbers(stake, "The stake")
    factor, clip = _numbers(factor, "The payout factor"), _numbers(clip, "The clip")
    with np.errstate(invalid="ignore"):  # no clip on no stake: inf x 0 is NaN, which nothing reaches
        bound = clip * stake * (factor if clip_order == "factor_outside_clip" else 1.0)
    return np.asarray((bound > 0) & (np.abs(paid) >= bound * (1 - 1e-6)))


def break_even(proposed: Mapping[str, float], current: Mapping[str, float]) -> dict[str, float]:
    """The weights d of the line on which two rules pay the same, before clipping.

    Both are multipliers by score name. The proposed rule pays more exactly where sum(d[score] x score) is
    above 0; scores on which the rules agree are left out, and {} means that they always pay the same.
    1xCORR + 3xTC against 2xCORR + 1xTC gives {corr: -1, tc: 2}: more whenever TC is above half of CORR.
    """
    names = dict.fromkeys((*proposed, *current))
    weights = {name: proposed.get(name, 0.0) - current.get(name, 0.0) for name in names}
    return {name: weight for name, weight in weights.items() if weight != 0}


def _weighted_score(scores: NDArray[np.float64], multipliers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of multiplier x score over the last axis, newly made; 0 silences a missing score."""
    k = max(scores.shape[-1], multipliers.shape[-1])
    scores = np.broadcast_to(scores, (*scores.shape[:-1], k))
    multipliers = np.broadcast_to(multipliers, (*multipliers.shape[:-1], k))
    if multipliers.ndim == 1:  # one rule for all rows: a product with a vector
        paying = multipliers != 0
        return (scores if paying.all() else scores[..., paying]) @ multipliers[paying]
    # k is two or three: a loop over columns beats a product with its NaN mask
    parts = (_silenced(multipliers[..., column], scores[..., column]) for column in range(k))
    return functools.reduce(np.add, parts)


def _silenced(multiplier: NDArray[np.float64], score: NDArray[np.float64]) -> NDArray[np.float64]:
    part = multiplier * score
    return part if multiplier.all() else np.where(multiplier == 0, 0.0, part)


def _check_order(clip_order: str) -> None:
    if clip_order not in CLIP_ORDERS:
        raise ValueError(f"The clip order is one of {' and '.join(CLIP_ORDERS)}.")


def _common_shape(**shapes: tuple[int, ...]) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(*shapes.values())
    except ValueError as error:
        told = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"The shapes do not fit each other: {told}.") from error


def _all_between(values: NDArray[np.float64], low: float) -> bool:
    """Whether all are finite and at least `low`; NaN fails both comparisons."""
    return not values.size or bool(values.min() >= low and values.max() < np.inf)


def _numbers(values: ArrayLike, what: str) -> NDArray[np.float64]:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{what} must be numbers.") from error
