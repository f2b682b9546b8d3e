"""Groups of people who vote alike: where votes place them, and whether parting them is more than chance."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.opinions.clusters import adjusted_rand, k_means, silhouettes

MOST_GROUPS = 5  # and at least 2: as in Polis
SMALLEST = 5  # ours: what a group of fewer says would give its members' votes away
STABILITY = 0.75  # ours: noise of 25 to 200 people reaches 0.6, clear groups 0.9

_SHUFFLES = 59
_RESAMPLES = 40
_STARTS = 4

Floats = NDArray[np.float64]
Labels = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Parting:
    """Rows of votes parted in groups; without a way to part them no labels, and nan for the measures."""

    labels: Labels  # (n,) from 0 on; empty where every way leaves a group too small
    places: Floats  # (n, 2)
    silhouette: float  # -1 to 1, how well the groups are told apart
    stability: float  # median adjusted Rand index of people drawn again against these
    p_value: float  # share of shuffled votes that look as clear; nan below STABILITY, where nobody asks


def part_voters(matrix: Floats, *, rng: np.random.Generator) -> Parting:
    """The best parting of voters in 2 to 5 groups of at least five people, and what speaks for it.

    matrix (n, m): 1, -1 or 0, nan where somebody did not vote. Rows are placed by their first two principal
    components, and k-means parts them, in as many groups as have the best silhouette. Stability: people are
    drawn again with replacement 40 times, the whole is done again with as many groups, and everybody goes to
    the nearest centre. p: among 59 shuffles of each statement's votes over those who voted on it, and what
    was seen, those at least as clear. Sources: Small et al. 2021 (Polis); Hennig 2007 (resampling).
    """
    places = place(matrix, *axes(matrix))
    labels, k, clarity = _best(places, rng)
    if not labels.size:
        return Parting(labels, places, math.nan, math.nan, math.nan)
    stability = _stability(matrix, labels, k, rng)
    p_value = _shuffled(matrix, clarity, rng) if stability >= STABILITY else math.nan
    return Parting(labels, places, clarity, stability, p_value)


def axes(matrix: Floats) -> tuple[Floats, Floats]:
    """The mean of each statement (m,) and its loadings on the first two principal components (m, 2).

    matrix (n, m), nan where there is no vote: it counts as a vote at the mean. What has fewer than two
    directions gets zeros.
    """
    cast = ~np.isnan(matrix)
    mean = np.where(cast, matrix, 0).sum(axis=0) / np.maximum(cast.sum(axis=0), 1)
    centred = np.where(cast, matrix - mean, 0)
    if not matrix.size:
        return mean, np.zeros((mean.size, 2))
    # the right singular vectors of the votes, without the left ones that nobody needs
    variances, vectors = np.linalg.eigh(centred.T @ centred)
    vectors = np.where(variances > 1e-9 * max(1.0, variances[-1]), vectors, 0)[:, :-3:-1]
    vectors = np.pad(vectors, ((0, 0), (0, 2 - vectors.shape[1])))
    return mean, vectors * np.where(vectors.sum(axis=0) < 0, -1, 1)  # either sign would do: keep to one


def place(matrix: Floats, mean: Floats, axes: Floats) -> Floats:
    """Where votes (n, m) lie on a map (n, 2) of these means and axes, further out with fewer votes."""
    cast = ~np.isnan(matrix)
    # a vote at the mean pulls to the middle: those with few votes are moved out again
    outward = np.sqrt(cast.any(axis=0).sum() / np.maximum(cast.sum(axis=1), 1))
    return (np.where(cast, matrix - mean, 0) @ axes) * outward[:, None]


def _best(places: Floats, rng: np.random.Generator) -> tuple[Labels, int, float]:
    """The parting with the best silhouette, its number of groups and that silhouette; none: empty, 0, -1."""
    partings: list[tuple[Labels, int]] = []
    for k in range(2, min(MOST_GROUPS, len(places) // SMALLEST) + 1):
        own = k_means(places, k, starts=_STARTS, rng=rng)[0]
        if np.bincount(own, minlength=k).min() >= SMALLEST:
            partings.append((own, k))
    if not partings:
        return np.empty(0, dtype=np.intp), 0, -1.0
    clear = silhouettes(places, [own for own, _ in partings])
    best = int(np.argmax(clear))
    return *partings[best], clear[best]


def _stability(matrix: Floats, own: Labels, k: int, rng: np.random.Generator) -> float:
    agreement: list[float] = []
    for _ in range(_RESAMPLES):
        drawn = rng.integers(0, len(matrix), len(matrix))
        places = place(matrix, *axes(matrix[drawn]))
        centres = k_means(places[drawn], k, starts=_STARTS, rng=rng)[1]
        nearest = ((places[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
        agreement.append(adjusted_rand(own, nearest))
    return float(np.median(agreement))


def _shuffled(matrix: Floats, clarity: float, rng: np.random.Generator) -> float:
    """The share of shuffles, with what was seen as one of them, that look at least as clear."""
    as_clear = 1
    voters = [np.flatnonzero(~np.isnan(column)) for column in matrix.T]
    for _ in range(_SHUFFLES):
        other = matrix.copy()
        for index, rows in enumerate(voters):
            other[rows, index] = rng.permutation(matrix[rows, index])
        as_clear += _best(place(other, *axes(other)), rng)[2] >= clarity
    return as_clear / (_SHUFFLES + 1)
