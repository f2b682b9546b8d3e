"""Clusters of points: k-means, how well a parting tells them apart, and how far two partings agree."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from governance.opinions.components import PIECE
from governance.text import counted

_GLANCE, _ROUNDS = 2, 50  # of Lloyd's rounds: for every start, and for those that are kept
_SETTLED = 1e-9  # of the squared distances: less gained in a round is rounding

Floats = NDArray[np.float64]
Labels = NDArray[np.intp]


def k_means(
    points: ArrayLike,
    k: int,
    *,
    weights: ArrayLike | None = None,
    starts: int = 24,
    polish: bool = False,
    rng: np.random.Generator,
) -> tuple[Labels, Floats]:
    """The clusters (n,) of points (n, d), numbered 0 to k - 1, and their centres (k, d).

    Lloyd's rounds: two from every start, then on from the best quarter, and the one with the least squared
    distance to the centres is kept. A start draws each further centre with a chance proportional to the
    squared distance from those it has. A point of weight 2 counts like two. polish: then go on one point at
    a time, as long as there is one whose cluster is better changed. A cluster that loses all its points keeps
    its centre, so that some numbers may be nobody's. Raises ValueError unless k lies between 1 and n.
    Sources: Lloyd 1982; Arthur and Vassilvitskii 2007; Hartigan and Wong 1979.
    """
    points = _as_points(points)
    n = len(points)
    if not 1 <= k <= n:
        raise ValueError(f"A number of clusters lies between 1 and {n}, the number of points.")
    weight = np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)
    centres = _seeded(points, weight, k, starts, rng)
    centres, own, left = _settled(points, weight, centres, _GLANCE)
    promising = np.argsort(left, kind="stable")[: -(-starts // 4)]
    centres, own, left = _settled(points, weight, centres[promising], _ROUNDS)
    if polish:
        ends = [_polished(points, weight, *start) for start in zip(own, centres, strict=True)]
        left = np.array([_nearest(points, centres[None])[1][0] @ weight for _, centres in ends])
        return ends[left.argmin()]
    best = left.argmin()
    return own[best], centres[best]


def silhouettes(points: ArrayLike, partings: list[Labels]) -> list[float]:
    """How well each parting (n,) of the points (n, d) tells them apart: the mean silhouette, -1 to 1.

    (b - a) / max(a, b) with a the mean distance to the others of the own cluster and b that to the nearest
    other cluster; 0 for a point alone in its cluster or on top of everybody. One cluster only: nan.
    Source: Rousseeuw 1987.
    """
    points = _as_points(points)
    owns: list[Labels] = [np.unique(parting, return_inverse=True)[1] for parting in partings]
    if not owns:
        return []
    sides = [np.eye(int(own.max(initial=0)) + 1)[own] for own in owns]
    members = np.concatenate(sides, axis=1)
    sums = np.empty_like(members)
    at_once = max(1, PIECE // members.size)
    for begin in range(0, len(points), at_once):
        some = points[begin : begin + at_once]
        squares = np.zeros((len(some), len(points)))
        for axis in range(points.shape[1]):
            squares += (some[:, axis, None] - points[:, axis]) ** 2
        sums[begin : begin + at_once] = np.sqrt(squares) @ members
    ends = np.cumsum([side.shape[1] for side in sides])
    return [
        _silhouette(own, side, sums[:, end - side.shape[1] : end])
        for own, side, end in zip(owns, sides, ends.tolist(), strict=True)
    ]


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


def _as_points(points: ArrayLike) -> Floats:
    points = np.asarray(points, dtype=np.float64)
    if points.ndim != 2 or not np.isfinite(points).all():
        raise ValueError("Points are rows of finite numbers.")
    return points


def _seeded(points: Floats, weight: Floats, k: int, starts: int, rng: np.random.Generator) -> Floats:
    """Where k-means begins: (starts, k, d)."""
    chosen = np.empty((starts, k), dtype=np.intp)
    nearest = np.broadcast_to(1.0, (starts, len(points)))
    for at in range(k):
        # where every point is a centre already, any point will do
        running = np.cumsum(nearest * weight, axis=1)
        drawn = (rng.random((starts, 1)) * running[:, -1:] >= running).sum(axis=1)
        chosen[:, at] = drawn.clip(max=len(points) - 1)
        away = ((points - points[chosen[:, at]][:, None]) ** 2).sum(axis=2)
        nearest = np.minimum(nearest, away) if at else away
    return points[chosen]


def _settled(points: Floats, weight: Floats, centres: Floats, rounds: int) -> tuple[Floats, Labels, Floats]:
    """Centres (starts, k, d) after so many rounds at most, whose each point is, and the squares left."""
    starts, k, d = centres.shape
    row = np.arange(0, k * starts, k, dtype=np.intp)[:, None]
    heavy = np.broadcast_to(weight, (starts, len(points))).ravel()
    pulls = [np.broadcast_to(weight * points[:, axis], (starts, len(points))).ravel() for axis in range(d)]
    own, nearest = _nearest(points, centres)
    left = np.einsum("sn,n->s", nearest, weight)
    for _ in range(rounds):
        before = left
        cluster = (own + row).ravel()
        size = np.bincount(cluster, heavy, starts * k)
        sums = np.stack([np.bincount(cluster, pull, starts * k) for pull in pulls], axis=1)
        means = sums / np.where(size > 0, size, 1)[:, None]
        centres = np.where(size[:, None] > 0, means, centres.reshape(-1, d)).reshape(starts, k, d)
        own, nearest = _nearest(points, centres)
        left = np.einsum("sn,n->s", nearest, weight)
        if (left >= before * (1 - _SETTLED)).all():
            break
    return centres, own, left


def _polished(points: Floats, weight: Floats, own: Labels, centres: Floats) -> tuple[Labels, Floats]:
    """Clusters (n,) and centres (k, d) between which no single point is better moved."""
    rows, own, centres = np.arange(len(points)), own.copy(), centres.copy()
    while True:
        size = np.bincount(own, weight, len(centres))
        away = weight[:, None] * ((points[:, None] - centres) ** 2).sum(axis=2)
        rest = size[own] - weight
        gone = np.divide(away[rows, own] * size[own], rest, out=np.zeros(len(points)), where=rest > 0)
        come = away * size / (size + weight[:, None])
        come[rows, own] = np.inf
        gain = gone - come.min(axis=1)
        point = int(gain.argmax())
        if gain[point] <= _SETTLED * away[rows, own].sum():
            return own, centres
        for cluster, sign in ((own[point], -1), (int(come[point].argmin()), 1)):
            shift = sign * weight[point] / (size[cluster] + sign * weight[point])
            centres[cluster] += shift * (points[point] - centres[cluster])
        own[point] = come[point].argmin()


def _nearest(points: Floats, centres: Floats) -> tuple[Labels, Floats]:
    """Of points (n, d) which of centres (starts, k, d) is nearest, and its squared distance: (starts, n)."""
    starts, k, d = centres.shape
    own = np.zeros((starts, len(points)), dtype=np.intp)
    nearest = np.full(own.shape, np.inf)
    columns = [points[:, axis].copy() for axis in range(d)]
    for cluster in range(k):  # not as a matrix product, whose digits depend on how it is cut into blocks
        away = np.zeros(own.shape)
        for axis, column in enumerate(columns):
            along = column - centres[:, cluster, axis, None]
            along *= along
            away += along
        own[away < nearest] = cluster
        np.minimum(nearest, away, out=nearest)
    return own, nearest


def _silhouette(own: Labels, member: Floats, sums: Floats) -> float:
    """From everybody's cluster (n,), the same as columns (n, k), and distances added up by cluster (n, k)."""
    size = member.sum(axis=0)
    if size.size < 2:
        return math.nan
    rows = np.arange(own.size)
    alone = size[own] == 1
    inside = sums[rows, own] / np.maximum(size[own] - 1, 1)
    means = sums / size
    means[rows, own] = np.inf
    outside = means.min(axis=1)
    widest = np.maximum(inside, outside)
    score = np.divide(outside - inside, widest, out=np.zeros_like(widest), where=(widest > 0) & ~alone)
    return float(score.mean())


def _pairs(sizes: Labels) -> float:
    return float((sizes * (sizes - 1) / 2).sum())
