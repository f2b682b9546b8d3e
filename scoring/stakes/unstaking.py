"""What happens when stake leaves: who holds the rest, and what it pays and weighs then."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import Labels, as_numbers, labelled, refuse
from scoring.concentration import Concentration, concentration
from scoring.payout import payout_factor

Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Unstaking:
    """Everybody's stake before some leave, and those who remain.

    share_left: of all stake, what leaves. The payout factors are those of a round that risks as much.
    pay_ratio: what a payout of those who remain is multiplied by, before the clip. weight_ratio: what
    their weight in the stake-weighted meta model is multiplied by.
    """

    before: Concentration
    after: Concentration
    share_left: float
    factor_before: float
    factor_after: float
    pay_ratio: float
    weight_ratio: float


def leaves(
    stakes: ArrayLike,
    *,
    top: int | None = None,
    above: float | None = None,
    holders: ArrayLike | None = None,
) -> Mask:
    """Who leaves, of holders with stakes (n,) in NMR: true for each that does, (n,).

    Say exactly one of: top, the so many largest (of equal ones the first in the list; more than n is all);
    above, all with strictly more than so much NMR; holders, their positions from 0, or their labels where
    stakes are a Series (one named twice leaves once). Raises ValueError for stakes that are negative, NaN or
    infinite, a top that is not a whole number of 0 or more, a threshold that is negative or NaN, and holders
    that are not in the list.
    """
    labels = Labels()
    staked = _stakes(labels.read(stakes, "holder", "The stakes"))
    if sum(choice is not None for choice in (top, above, holders)) != 1:
        raise ValueError("Say who leaves in one way: the largest, all above a threshold, or these holders.")
    if above is not None:
        threshold = as_numbers(above, "The threshold")
        if threshold.ndim or not threshold >= 0:
            raise ValueError("The threshold must be one number of 0 NMR or more.")
        return labels.give(staked > threshold, "holder")
    leaving = np.zeros(staked.size, dtype=np.bool_)
    if top is not None:
        if not (isinstance(top, Integral) and top >= 0):
            raise ValueError("How many leave must be a whole number of 0 or more.")
        leaving[np.argsort(-staked, kind="stable")[:top]] = True
    else:
        named = labels.numbers_of(np.asarray(holders), "holder", "The holders")
        leaving[_positions(named, staked.size)] = True
    return labels.give(leaving, "holder")


@labelled(stakes="holder", leaving="holder")
def unstake(
    stakes: ArrayLike,
    leaving: ArrayLike,
    *,
    total_at_risk: float | None = None,
    stake_threshold: float | None = None,
) -> Unstaking:
    """What changes for those who remain once all holders with a true in leaving (n,) have left.

    stakes (n,) in NMR; those who leave are no holders of 0 afterwards, but none. total_at_risk (NMR in a
    round) is the sum of stakes unless told. Not all stake is at risk; assumed is that those who leave risk
    as large a part of theirs as all do: with S the stake before and L what leaves, S - L over S of the
    total remains at risk. Without a threshold the total plays no part. Then

    - payout factor: min(1, stake_threshold / total at risk); 1 for a rule without a threshold, and when
      nothing is at risk
    - pay_ratio: factor after / factor before; nan where the factor before is unknown or 0
    - weight_ratio: S / (S - L), since shares of the rest still add up to 1; nan where no stake remains

    That nobody else stakes more or less because of it is assumed too. Without any stake, share_left and
    weight_ratio are nan, and the factor after as well where there is a threshold. Raises ValueError as
    leaves and payout_factor do, and unless leaving is as long as stakes.
    """
    staked = _stakes(stakes)
    gone = np.asarray(leaving)
    if gone.shape != staked.shape or (gone.size and gone.dtype != np.bool_):
        raise ValueError("Who leaves must be one true or false per holder.")
    gone = gone.astype(np.bool_)
    before, after = concentration(staked), concentration(staked[~gone])
    remains = after.stake / before.stake if before.stake else math.nan
    at_risk = before.stake if total_at_risk is None else total_at_risk
    factor_before, factor_after = 1.0, 1.0
    if stake_threshold is not None:
        factor_before = float(payout_factor(at_risk, stake_threshold))
        factor_after = float(payout_factor(at_risk * remains, stake_threshold))
    return Unstaking(
        before=before,
        after=after,
        share_left=float(staked[gone].sum()) / before.stake if before.stake else math.nan,
        factor_before=factor_before,
        factor_after=factor_after,
        pay_ratio=factor_after / factor_before if factor_before else math.nan,
        weight_ratio=before.stake / after.stake if after.stake else math.nan,
    )


def _stakes(stakes: ArrayLike) -> Numbers:
    staked = as_numbers(stakes, "Stakes")
    if staked.ndim != 1:
        raise ValueError("Stakes must be a list of numbers, one per holder.")
    refuse(~((staked >= 0) & (staked < np.inf)), "A stake must be a finite number of 0 NMR or more.")
    return staked


def _positions(holders: ArrayLike | None, n: int) -> NDArray[np.intp]:
    at = np.asarray(holders)
    if at.ndim != 1 or (at.size and not np.issubdtype(at.dtype, np.integer)):
        raise ValueError("The holders who leave must be a list of positions, whole numbers from 0.")
    if at.size and not (at.min() >= 0 and at.max() < n):
        raise ValueError(f"A position of someone who leaves is not among the {n} holders.")
    return at.astype(np.intp)
