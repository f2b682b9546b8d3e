"""Weights by what holders have scored: limits by performance, stakes reshaped like quality, a gate."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse
from scoring.lab.track_record import shrink
from scoring.weighting import limited_weights, stake_weights

Floats = NDArray[np.float64]


@labelled("model", scores="model", errors="model")
def quality(scores: ArrayLike, errors: ArrayLike) -> Floats:
    """How far scores (n,) are from their mean once luck is taken out, in standard deviations of the scores.

    errors (n,): the standard error of each score, with overlapping rounds allowed for. Scores are drawn
    towards their mean as shrink does. All 0 where luck alone explains their spread, where they don't differ,
    and where fewer than three are known, since luck can't be told from skill then; 0 for one that is unknown
    (NaN), and nan for all where none is known. Raises ValueError for an infinite score, and for an error of a
    known score that is negative, NaN or infinite.
    """
    found, error = _one_each(scores, "score"), _one_each(errors, "error")
    if found.shape != error.shape:
        raise ValueError(f"{error.size} errors do not fit {found.size} scores.")
    refuse(np.isinf(found), "A score must be a finite number, or NaN where it is missing.")
    known = ~np.isnan(found)
    refuse(
        known & ~((error >= 0) & (error < np.inf)),
        "The error of a score that is known must be a finite number of 0 or more.",
    )
    if not known.any():
        return np.full(found.size, np.nan)
    z = np.zeros(found.size)
    shrunk = shrink(found, np.where(known, error, np.nan))
    spread = found[known].std(ddof=1) if np.count_nonzero(known) > 1 else 0.0
    if spread > 0 and not np.isnan(shrunk.mean):
        z[known] = (shrunk.scores[known] - shrunk.mean) / spread
    return z


@labelled("model", stakes="model", scores="model", errors="model")
def performance_limited_weights(
    stakes: ArrayLike, scores: ArrayLike, errors: ArrayLike, cap: float
) -> Floats:
    """Weights (n,) by stake, each up to a limit that past scores earn; the others share what is cut off.

    The limit is 2 cap F(z), F the normal distribution function and z the quality: cap for a holder of the
    mean score, or without a score; towards twice that for the best and 0 for the worst. Where scores are
    luck alone it is a hard cap for all. No stake at all: nan. Of two equal stakes the better score never
    weighs less. Splitting pays whoever is at the limit. Raises ValueError for a cap that is not above 0 and
    at most 1, for limits that do not add up to 1 over those with a stake, and as stake_weights and
    quality do.
    """
    from scipy.special import ndtr  # pyright: ignore[reportMissingTypeStubs] - scipy brings no types

    if not 0 < cap <= 1:
        raise ValueError("A cap must be a share above 0 and at most 1.")
    shares = stake_weights(stakes)
    z = quality(scores, errors)
    if z.size != shares.size:
        raise ValueError(f"{z.size} scores do not fit {shares.size} stakes.")
    if np.isnan(shares).any():
        return shares
    if np.isnan(z).any():
        raise ValueError("Nobody has a score, so no stake can be limited by it.")
    return limited_weights(shares, 2 * cap * ndtr(z))


@labelled("model", stakes="model", qualities="model")
def reshaped_weights(stakes: ArrayLike, qualities: ArrayLike, dial: float) -> Floats:
    """Weights (n,) between stake, at a dial of 0, and the distribution of quality, at 1.

    qualities (n,) are 0 or more, NaN where unknown. At 1 the k-th largest of n stakes weighs like the
    quality that stands as high among the known ones (quantiles between them are interpolated; stakes that
    are equal share the mean of theirs): the one transport of the distribution of stakes to that of
    qualities that keeps the order of stakes. In between (1 - dial) x stake + dial x that, McCann's
    interpolation. The order of stakes is kept, and a stake of 0 stays 0. Splitting pays. No stake at
    all: nan. Raises ValueError for a dial outside 0 to 1, and for qualities that are negative, infinite or
    all 0.
    """
    if not 0 <= dial <= 1:
        raise ValueError("The dial goes from 0, by stake, to 1, by the distribution of quality.")
    shares, given = stake_weights(stakes), _one_each(qualities, "quality", "qualities")
    if given.size != shares.size:
        raise ValueError(f"{given.size} qualities do not fit {shares.size} stakes.")
    refuse(
        ~np.isnan(given) & ~((given >= 0) & (given < np.inf)),
        "A quality must be a finite number of 0 or more, or NaN where it is missing.",
    )
    known = np.sort(given[~np.isnan(given)])
    if not known.any():
        raise ValueError("No quality is above 0, so there is nothing to reshape stakes after.")
    held = shares > 0
    if not held.any():
        return shares
    _, place, ties = np.unique(shares[held], return_inverse=True, return_counts=True)
    at = (np.arange(place.size) + 0.5) / place.size
    there = (np.arange(known.size) + 0.5) / known.size
    ranked = np.interp(at, there, known)
    ends = np.cumsum(ties)
    sums = np.concatenate(([0.0], np.cumsum(ranked)))
    shared = (sums[ends] - sums[ends - ties]) / ties
    if not shared.any():
        raise ValueError("No quality is above 0 where there are stakes to reshape after it.")
    weights = np.zeros(shares.size)
    weights[held] = (shared / (shared * ties).sum())[place]
    return (1 - dial) * shares + dial * weights


@labelled("model", stakes="model", correlations="model")
def gated_weights(stakes: ArrayLike, correlations: ArrayLike, least: float) -> Floats:
    """Weights (n,) by stake of those whose correlation is at least so much; the others weigh 0.

    correlations (n,) with the example predictions or with the meta model; NaN (a constant prediction has
    none) does not pass. Splitting gains nothing. No stake at all: nan. Raises ValueError for a gate outside
    -1 to 1, for a correlation outside it, and where nobody with a stake passes.
    """
    if not -1 <= least <= 1:
        raise ValueError("A gate is a correlation from -1 to 1.")
    shares, found = stake_weights(stakes), _one_each(correlations, "correlation")
    if found.size != shares.size:
        raise ValueError(f"{found.size} correlations do not fit {shares.size} stakes.")
    refuse(np.abs(found) > 1, "A correlation must lie between -1 and 1, or be NaN where there is none.")
    kept = np.where(found >= least, shares, 0.0)
    if np.isnan(shares).any():
        return shares
    if not kept.any():
        raise ValueError(f"Nobody with a stake has a correlation of at least {least:g}.")
    return stake_weights(kept)


def _one_each(values: ArrayLike, what: str, plural: str = "") -> Floats:
    many = (plural or f"{what}s").capitalize()
    read = as_numbers(values, many)
    if read.ndim != 1:
        raise ValueError(f"{many} must be a list of numbers, one per holder.")
    return read
