"""What a stake earns or burns in a round: payout factor, clip and the payout itself."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import BadValuesError, Labels, as_numbers, common_shape, labelled, refuse
from scoring._terms import (
    CLIP_ORDERS,
    Multipliers,
    Scores,
    clip_terms,
    multipliers_of,
    read_terms,
)
from scoring.kernels import compiled, in_parts
from scoring.rules import PayoutRule

__all__ = ["CLIP_ORDERS", "break_even", "is_clipped", "payout_factor", "payout_totals", "payouts"]

_KINDS = 3  # that the compiled loop adds up: no rule has ever paid more
_AT_A_TIME = 2**17  # numbers: a megabyte, which stays in a processor's own cache


@labelled("outer row", total_at_risk="outer row", stake_threshold="outer row")
def payout_factor(
    total_at_risk: ArrayLike, stake_threshold: ArrayLike | PayoutRule | None
) -> NDArray[np.float64] | float:
    """Share of the weighted score that is paid once more than the threshold is at risk.

    min(1, stake_threshold / total_at_risk), both in NMR and broadcast against each other; the threshold may
    be a rule, for its own. Without a threshold (None) it is 1. An unknown (NaN) total gives NaN; a total of
    0 gives 1. Raises ValueError for a negative total or a threshold
    that is not above 0. Source: Numerai's staking documentation, rules of 2021-02-20 to 2026-08-27.
    """
    total = as_numbers(total_at_risk, "The total at risk")
    if isinstance(stake_threshold, PayoutRule):
        stake_threshold = stake_threshold.stake_threshold
    refuse(total < 0, "The total at risk can't be below 0 NMR.")
    if stake_threshold is None:
        factor = np.where(np.isnan(total), np.nan, 1.0)
        return factor if factor.ndim else float(factor)
    threshold = as_numbers(stake_threshold, "The stake threshold")
    refuse(~(threshold > 0), "The stake threshold must be above 0 NMR.")
    common_shape(total=total.shape, threshold=threshold.shape)
    factor = threshold / np.maximum(total, threshold)  # the same as min(1, ...), without dividing by 0
    return factor if factor.ndim else float(factor)


def payouts(
    scores: Scores,
    multipliers: Multipliers,
    stake: ArrayLike,
    *,
    factor: ArrayLike = 1.0,
    clip: ArrayLike | PayoutRule | None = None,
    clip_order: str | None = None,
) -> NDArray[np.float64]:
    """NMR earned (above 0) or burned (below 0) in a round, for any number of models, rounds and rules.

    scores (..., k) holds k scores; multipliers broadcast against it; stake (NMR at risk in that round),
    factor and clip broadcast against (...). With w = sum of multiplier x score:

    - factor_inside_clip:  stake x clip(factor x w, -clip, +clip)   (before round 311, and since round 316)
    - factor_outside_clip: stake x factor x clip(w, -clip, +clip)   (rounds 311 to 315)

    multipliers may be a PayoutRule, whose clip and order hold unless told (else 0.05, and the factor inside),
    a mapping or a Series by score; scores a DataFrame with a column per score, or a mapping of arrays by
    score. Names match in any order and case; a score without a multiplier is not paid. A rule reads nameless
    scores in the order CORR, MMC, TC. One multiplier and a list of scores: one payout per score.
    Series and DataFrames are put in one order by their labels, and the payouts have those of the scores.

    A NaN score gives a NaN payout, unless its multiplier is 0; a NaN factor (not yet known) gives NaN.
    An infinite clip is no clip. Raises ValueError for multipliers or stakes that are negative, NaN or
    infinite, infinite scores, a negative or infinite factor, a clip that is not above 0, and for shapes,
    names or labels that do not fit.
    Source: Numerai's staking documentation; both orders reproduce rows that were really paid.
    """
    labels = Labels()
    try:
        paid = _payouts(*read_terms(labels, scores, multipliers, stake, factor, clip, clip_order))
    except BadValuesError as error:
        raise labels.places(error) from None
    return labels.give(paid, "outer row")


def _payouts(
    scores: NDArray[np.float64],
    multipliers: NDArray[np.float64],
    stake: NDArray[np.float64],
    factor: NDArray[np.float64],
    clip: NDArray[np.float64],
    clip_order: str,
) -> NDArray[np.float64]:
    shape = common_shape(
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


def payout_totals(
    scores: Scores,
    multipliers: Multipliers,
    stake: ArrayLike,
    *,
    factor: ArrayLike = 1.0,
    clip: ArrayLike | PayoutRule | None = None,
    clip_order: str | None = None,
) -> NDArray[np.float64]:
    """NMR that each of n models earned or burned over all rounds under each of p rules: (p, n).

    scores (r, n, k) holds k scores of n models in r rounds; multipliers (p, k); stake (NMR at risk), factor
    and clip broadcast to (r, n). It is the sum over rounds of payouts(), a few models at a time: nothing of
    the size (p, r, n) is ever made, so a hundred rules take hardly more memory than one.

    A payout that is NaN (a missing score whose multiplier is not 0, a factor not yet known) adds nothing:
    a model without a single known payout has 0. multipliers may be a list of rules, all with the same clip
    unless it is told; names and labels match as in payouts(). Raises ValueError as payouts() does.
    """
    labels = Labels()
    given = cast("Any", [multipliers] if isinstance(multipliers, (PayoutRule, Mapping)) else multipliers)
    try:
        terms = read_terms(labels, scores, given, stake, factor, clip, clip_order, of_multipliers="rule")
        totals = _payout_totals(*terms)
    except BadValuesError as error:
        raise labels.places(error) from None
    return labels.give(totals, "rule row")


def _payout_totals(
    scores: NDArray[np.float64],
    multipliers: NDArray[np.float64],
    stake: NDArray[np.float64],
    factor: NDArray[np.float64],
    clip: NDArray[np.float64],
    clip_order: str,
) -> NDArray[np.float64]:
    if scores.ndim != 3 or multipliers.ndim != 2:
        raise ValueError("Totals need scores by round, model and kind, and multipliers by rule and kind.")
    rounds, models = shape = scores.shape[:2]
    if common_shape(scores=shape, stake=stake.shape, factor=factor.shape, clip=clip.shape) != shape:
        raise ValueError("The stake, the payout factor and the clip must be given by round and model.")
    k = max(scores.shape[2], multipliers.shape[1])
    scores = np.broadcast_to(scores, (*shape, k))
    multipliers = np.broadcast_to(multipliers, (len(multipliers), k))
    stake, factor, clip = (np.broadcast_to(values, shape) for values in (stake, factor, clip))

    totals = np.zeros((len(multipliers), models))
    gathered = max(8, _AT_A_TIME // max(1, rounds))
    for paying in np.unique(multipliers != 0, axis=0):  # rules with the same zeros miss the same scores
        rules = np.flatnonzero(((multipliers != 0) == paying).all(axis=1))
        weights = multipliers[np.ix_(rules, paying)]
        loop = compiled("paid_by_model", rules.size * rounds * models) if paying.sum() <= _KINDS else None
        if loop:
            # rules by fours and with all kinds, as the loop has them
            padded = np.zeros((-(-rules.size // 4) * 4, _KINDS))
            padded[: rules.size, : weights.shape[1]] = weights
            found, inside = np.empty((models, len(padded))), clip_order == "factor_inside_clip"
            kinds = np.flatnonzero(paying)
            in_parts(loop, models, scores, kinds, padded, stake, factor, clip, inside, found)
            totals[rules] = found.T[: rules.size]
            continue
        for first in range(0, models, gathered):
            part = slice(first, first + gathered)
            pay, at_risk, bound = scores[:, part][..., paying], stake[:, part], clip[:, part]
            if clip_order == "factor_inside_clip":
                pay = pay * factor[:, part, None]
            else:
                at_risk = at_risk * factor[:, part]
            missing = np.isnan(pay).any(axis=-1) | np.isnan(at_risk)
            pay = np.where(missing[..., None], 0.0, pay)
            at_risk = np.where(missing, 0.0, at_risk)
            # counted in bounds, every row is clipped at 1; without a clip the bound is what nothing reaches
            reach = np.abs(pay).max(initial=0.0) * weights.sum(axis=1).max()
            bound = np.minimum(bound, max(1.0, reach))
            pay = pay / bound[..., None]
            totals[rules, part] = _clipped_totals(weights, pay.transpose(1, 2, 0), (at_risk * bound).T)
    return totals


@labelled("outer row", paid="outer row", stake="outer row", factor="outer row", clip="outer row")
def is_clipped(
    paid: ArrayLike,
    stake: ArrayLike,
    *,
    factor: ArrayLike = 1.0,
    clip: ArrayLike | PayoutRule | None = None,
    clip_order: str | None = None,
) -> NDArray[np.bool_]:
    """Whether payouts (NMR) sit at the bound that the clip sets, seen from the amounts alone.

    Works on amounts that were really paid, whose scores need not be known. Paid amounts are rounded, so
    the bound counts as reached within one part in a million. A stake of 0 is never clipped. The clip may be a
    rule, for its own and its order; without one it is 0.05, and the factor inside.
    """
    clip, clip_order = clip_terms(clip, clip_order)
    paid, stake = as_numbers(paid, "The payouts"), as_numbers(stake, "The stake")
    factor, clip = as_numbers(factor, "The payout factor"), as_numbers(clip, "The clip")
    with np.errstate(invalid="ignore"):  # no clip on no stake: inf x 0 is NaN, which nothing reaches
        bound = clip * stake * (factor if clip_order == "factor_outside_clip" else 1.0)
    return np.asarray((bound > 0) & (np.abs(paid) >= bound * (1 - 1e-6)))


@labelled(proposed="{score}", current="{score}")
def break_even(
    proposed: Mapping[str, float] | PayoutRule,
    current: Mapping[str, float] | PayoutRule,
    *,
    proposed_scale: float = 1.0,
    current_scale: float = 1.0,
) -> dict[str, float]:
    """The weights d of the line on which two rules pay the same, before clipping.

    Both are rules, or multipliers by score name. The scale of a rule is what it pays per NMR of the whole
    stake and unit of weighted score: payout factor x share of the stake that one round risks. With
    d = proposed_scale x proposed - current_scale x current, the proposed rule pays more exactly where
    sum(d[score] x score) is above 0; scores on which the rules agree are left out, and {} means that they
    always pay the same. 1xCORR + 3xTC against 2xCORR + 1xTC gives {corr: -1, tc: 2}: more whenever TC is
    above half of CORR. Raises ValueError for a scale that is not a finite number above 0.
    """
    scales = as_numbers((proposed_scale, current_scale), "The scales")
    if not (scales > 0).all() or np.isinf(scales).any():
        raise ValueError("A scale must be a finite number above 0.")
    proposed, current = multipliers_of(proposed), multipliers_of(current)
    rounding = 0.0 if proposed_scale == current_scale else 1e-12  # 3 x 0.1 is not quite 0.3
    line: dict[str, float] = {}
    for name in dict.fromkeys((*proposed, *current)):
        more, less = proposed_scale * proposed.get(name, 0.0), current_scale * current.get(name, 0.0)
        if not math.isclose(more, less, rel_tol=rounding):
            line[name] = more - less
    return line


def _clipped_totals(
    multipliers: NDArray[np.float64], pay: NDArray[np.float64], at_risk: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Sums over rounds of at_risk (m, r) x clip(multipliers (p, k) @ pay (m, k, r), -1, +1): (p, m)."""
    pay, at_risk = np.ascontiguousarray(pay), np.ascontiguousarray(at_risk)
    (models, _, rounds), rules = pay.shape, len(multipliers)
    totals = np.empty((rules, models))
    high = min(rules, max(1, _AT_A_TIME // max(1, rounds)))
    deep = max(1, _AT_A_TIME // max(1, rounds * high))
    work = np.empty((deep, high, rounds))
    for rule, model in itertools.product(range(0, rules, high), range(0, models, deep)):
        some, those = slice(rule, rule + high), slice(model, model + deep)
        paid = work[: len(pay[those]), : len(multipliers[some])]
        np.matmul(multipliers[some], pay[those], out=paid)
        np.clip(paid, -1.0, 1.0, out=paid)
        totals[some, those] = (paid @ at_risk[those, :, None])[..., 0].T
    return totals


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
