"""Clusters of points: k-means, how well a parting tells them apart, and how far two partings agree."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from governance.text import counted

ROUNDS = 50  # of k-means; a few dozen points settle in ten


def k_means(
    points: ArrayLike, k: int, *, starts: int = 5, rng: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The clusters (n,) of points (n, d), numbered 0 to k - 1, and their centres (k, d).

    Lloyd's rounds from several starts at once, the one with the least squared distance to the centres kept.
    A start draws each further centre with a chance proportional to the squared distance from those it has.
    A cluster that loses all its points keeps its centre, so that some numbers may be nobody's. Raises
    ValueError unless k lies between 1 and n. Source: Lloyd 1982; Arthur and Vassilvitskii 2007.
    """
    points = _as_points(points)
    n = len(points)
    if not 1 <= k <= n:
        raise ValueError(f"A number of clusters lies between 1 and {n}, the number of points.")
    centres = points[rng.integers(0, n, (starts, 1))]
    nearest = ((points - centres) ** 2).sum(axis=2)
    for _ in range(1, k):
        # where every point is a centre already, any point will do
        running = np.cumsum(nearest, axis=1)
        drawn = (rng.random((starts, 1)) * running[:, -1:] >= running).sum(axis=1).clip(max=n - 1)
        centres = np.concatenate((centres, points[drawn][:, None]), axis=1)
        nearest = np.minimum(nearest, ((points - points[drawn][:, None]) ** 2).sum(axis=2))
    own = np.full((starts, n), -1)
    for _ in range(ROUNDS):
        before, own = own, _squared_distances(points, centres).argmin(axis=2)
        if (own == before).all():
            break
        member = (own[:, :, None] == np.arange(k)).astype(np.float64)
        size = member.sum(axis=1)[:, :, None]
        sums = np.einsum("snk,nd->skd", member, points)
        centres = np.where(size > 0, sums / np.maximum(size, 1), centres)
    best = _squared_distances(points, centres).min(axis=2).sum(axis=1).argmin()
    return own[best], centres[best]


def silhouettes(points: ArrayLike, partings: list[NDArray[np.intp]]) -> list[float]:
    """How well each parting (n,) of the points (n, d) tells them apart: the mean silhouette, -1 to 1.

    (b - a) / max(a, b) with a the mean distance to the others of the own cluster and b that to the nearest
    other cluster; 0 for a point alone in its cluster or on top of everybody. One cluster only: nan.
    Source: Rousseeuw 1987.
    """
    points = _as_points(points)
    apart = np.sqrt(_squared_distances(points, points[None])[0])
    return [_silhouette(apart, parting) for parting in partings]


def adjusted_rand(one: ArrayLike, other: ArrayLike) -> float:
    """How far two partings (n,) of the same points agree: 1 when they are the same, about 0 by chance.

    Over pairs: (together in both - expected) / (mean of together in one and in the other - expected). Two
    partings that both leave everybody together or everybody alone are the same. Raises ValueError for two
    lengths. No point: nan. Source: Hubert and Arabie 1985.
    """
    first, second = (np.unique(np.asarray(labels), return_inverse=True)[1] for labels in (one, other))
    if first.shape != second.shape:
        raise ValueError(f"{counted(first.size, 'point')} can't be compared with {second.size}.")
    if not first.size:
        return math.nan
    both = _pairs(np.bincount(first * (second.max() + 1) + second))
    alone, rest = _pairs(np.bincount(first)), _pairs(np.bincount(second))
    expected = alone * rest / max(1.0, first.size * (first.size - 1) / 2)
    most = (alone + rest) / 2
    return 1.0 if most == expected else float((both - expected) / (most - expected))


def _as_points(points: ArrayLike) -> NDArray[np.float64]:
    points = np.asarray(points, dtype=np.float64)
    if points.ndim != 2 or not np.isfinite(points).all():
        raise ValueError("Points are rows of finite numbers.")
    return points


def _squared_distances(points: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of points (n, d) from centres (starts, k, d): (starts, n, k)."""
    # not as a matrix product: for so few numbers its threads cost more than they save
    apart = points[:, None] - centres[:, None]
    return np.einsum("snkd,snkd->snk", apart, apart)


def _silhouette(apart: NDArray[np.float64], parting: NDArray[np.intp]) -> float:
    labels, own = np.unique(parting, return_inverse=True)
    if labels.size < 2:
        return math.nan
    member = (own[:, None] == np.arange(labels.size)).astype(np.float64)
    size = member.sum(axis=0)
    sums = np.einsum("ij,jk->ik", apart, member)
    rows = np.arange(own.size)
    alone = size[own] == 1
    inside = sums[rows, own] / np.maximum(size[own] - 1, 1)
    means = sums / size
    means[rows, own] = np.inf
    outside = means.min(axis=1)
    widest = np.maximum(inside, outside)
    score = np.divide(outside - inside, widest, out=np.zeros_like(widest), where=(widest > 0) & ~alone)
    return float(score.mean())


def _pairs(sizes: NDArray[np.intp]) -> float:
    return float((sizes * (sizes - 1) / 2).sum())
