"""Groups of people who vote alike, and whether parting them is more than chance."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.opinions.clusters import adjusted_rand, k_means, silhouettes
from governance.opinions.components import axes, directions, outward, place

MOST_GROUPS = 5  # and at least 2: as in Polis
SMALLEST = 5  # ours: what a group of fewer says would give its members' votes away
STABILITY = 0.75  # ours: noise of 25 to 200 people reaches 0.6, clear groups 0.9
EXCESS = 1.645  # standard deviations: 5 % of shuffles lie above
SURE = 3.0  # standard errors of what was drawn: nearer to a limit is too close to tell

_DRAWN_AGAIN = (20, 40, 60, 80, 100)  # times, until it is sure
_SHUFFLES = (20, 40, 60)
_SEEN = 400  # people at most whose votes are shuffled, evenly from all
_STARTS_AGAIN, _STARTS = 12, 48  # of k-means, in what is drawn and in what is told
_ENOUGH = 40_000  # people times starts: the more there are, the fewer ways to go wrong

Floats = NDArray[np.float64]
Labels = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Parting:
    """Rows of votes parted in groups; without a way to part them no labels, and nan for the measures."""

    labels: Labels  # (n,) from 0 on; empty where every way leaves a group too small
    places: Floats  # (n, 2)
    silhouette: float  # -1 to 1, how well the groups are told apart
    stability: float  # mean adjusted Rand index of people drawn again against these
    stable: bool | None  # whether that is STABILITY or more; None: too close to tell
    excess: float  # standard deviations by which shuffled votes look less clear; nan unless stable
    clear: bool | None  # whether that is EXCESS or more; None: too close to tell


def part_voters(matrix: Floats, *, rng: np.random.Generator) -> Parting:
    """The best parting of voters in 2 to 5 groups of at least five people, and what speaks for it.

    matrix (n, m): 1, -1 or 0, nan where somebody did not vote. Rows are placed by their first two principal
    components, and k-means parts them, in as many groups as have the best silhouette. Stability: people are
    drawn again with replacement, the whole is done again with as many groups, and everybody goes to the
    nearest centre. Excess: each statement's votes are shuffled over those who voted on it, and what was seen
    is measured in standard deviations above their silhouettes (of 400 people at most). Either is drawn 20
    times and on, to 100 and 60 at most, until the answer is sure by three standard errors of what was drawn.
    Sources: Small et al. 2021 (Polis); Hennig 2007 (resampling); Besag and Clifford 1991 (drawing until it is
    sure).
    """
    places = place(matrix, *axes(matrix))
    starts = max(_STARTS_AGAIN, min(_STARTS, _ENOUGH // max(1, len(places))))
    labels, k, clarity = _best(places, rng, starts=starts, polish=True)
    if not labels.size:
        return Parting(labels, places, math.nan, math.nan, False, math.nan, False)
    stability, stable = _stability(matrix, labels, k, rng)
    some = matrix[np.linspace(0, len(matrix) - 1, min(_SEEN, len(matrix))).astype(np.intp)]
    excess, clear = (math.nan, None) if stable is False else _excess(some, rng)
    return Parting(labels, places, clarity, stability, stable, excess, clear)


def _best(
    places: Floats, rng: np.random.Generator, *, starts: int = _STARTS_AGAIN, polish: bool = False
) -> tuple[Labels, int, float]:
    """The parting with the best silhouette, its number of groups and that silhouette; none: empty, 0, -1."""
    partings: list[tuple[Labels, int]] = []
    for k in range(2, min(MOST_GROUPS, len(places) // SMALLEST) + 1):
        own = k_means(places, k, starts=starts, polish=polish, rng=rng)[0]
        if np.bincount(own, minlength=k).min() >= SMALLEST:
            partings.append((own, k))
    if not partings:
        return np.empty(0, dtype=np.intp), 0, -1.0
    clear = silhouettes(places, [own for own, _ in partings])
    best = int(np.argmax(clear))
    return *partings[best], clear[best]


def _stability(matrix: Floats, own: Labels, k: int, rng: np.random.Generator) -> tuple[float, bool | None]:
    agreement: list[float] = []
    mean = math.nan
    for times in _DRAWN_AGAIN:
        while len(agreement) < times:
            agreement.append(_agreement(matrix, own, k, rng))
        mean, error = float(np.mean(agreement)), float(np.std(agreement, ddof=1)) / math.sqrt(times)
        if abs(mean - STABILITY) >= SURE * error:
            return mean, mean >= STABILITY
    return mean, None


def _agreement(matrix: Floats, own: Labels, k: int, rng: np.random.Generator) -> float:
    """How far a parting of people who are drawn again agrees with that of all."""
    drawn, times = np.unique(rng.integers(0, len(matrix), len(matrix)), return_counts=True)
    places = place(matrix, *axes(matrix[drawn], times))
    k = min(k, len(drawn))
    centres = k_means(places[drawn], k, weights=times, starts=_STARTS_AGAIN, rng=rng)[1]
    nearest = ((places[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
    return adjusted_rand(own, nearest)


def _excess(matrix: Floats, rng: np.random.Generator) -> tuple[float, bool | None]:
    cast = ~np.isnan(matrix)
    mean = axes(matrix)[0]
    centred = np.where(cast, matrix - mean, 0).T.copy()
    by_statement = np.split(centred[cast.T], np.cumsum(cast.sum(axis=0))[:-1])
    far = outward(cast)

    def clarity() -> float:
        places = np.einsum("mn,md->nd", centred, directions(centred.T)) * far
        return _best(places, rng)[2]

    seen = clarity()
    shuffled: list[float] = []
    excess = math.nan
    for times in _SHUFFLES:
        while len(shuffled) < times:
            centred[cast.T] = np.concatenate([rng.permutation(each) for each in by_statement])
            shuffled.append(clarity())
        parted = [each for each in shuffled if each > -1]
        mean, spread = (float(np.mean(parted)), float(np.std(parted, ddof=1))) if parted[1:] else (-1.0, 0.0)
        # where shuffles all look the same, what was seen is either like them or not
        excess = (seen - mean) / spread if spread > 1e-9 else math.copysign(math.inf, seen - mean - 1e-9)
        error = math.sqrt((1 + excess**2 / 2) / len(parted)) if math.isfinite(excess) else 0.0
        if abs(excess - EXCESS) >= SURE * error:
            return excess, excess > EXCESS
    return excess, None
