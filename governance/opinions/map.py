"""What members' votes on statements say together: groups that vote alike, what unites and what divides."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from governance.opinions.alike import copies, straight_liners
from governance.opinions.components import axes
from governance.opinions.groups import part_voters
from governance.opinions.order import own_order
from governance.opinions.verdict import NO_GROUPS, PEOPLE_NEEDED, TOO_CLOSE, verdict

VOTES_NEEDED = 7  # or all statements, if fewer: as in Polis
TELLING = 1.645  # standard errors

_CELLS = 20_000_000
_SEED = 20231007  # of what is drawn: the same votes have one map


@dataclass(frozen=True)
class Telling:
    """A statement on which a group votes otherwise than the rest, with the counts of both."""

    statement: int
    vote: int  # 1: it agrees, -1: it disagrees
    said: int  # so many of the group voted so, of so many who voted
    voted: int
    said_elsewhere: int
    voted_elsewhere: int
    z: float  # difference in standard errors; it orders, and proves nothing: the groups come from these votes


@dataclass(frozen=True)
class Group:
    """Members who vote alike, by participant index, and what sets them apart, the most telling first."""

    members: tuple[int, ...]
    typical: tuple[Telling, ...]
    copies: int  # so many voted exactly alike, as no opinion explains


@dataclass(frozen=True)
class Alike:
    """Members who gave one answer to everything, so many as no opinion explains, by participant index."""

    vote: int
    members: tuple[int, ...]


@dataclass(frozen=True)
class Common:
    """A statement on which most of every group vote the same; counts in the order of the groups."""

    statement: int
    vote: int  # 1: they agree, -1: they disagree
    said: tuple[int, ...]
    voted: tuple[int, ...]
    consensus: float  # group-aware: the product over groups of (said + 1) / (voted + 2)


@dataclass(frozen=True)
class Division:
    """A statement on which groups differ; counts of those who agree, in the order of the groups."""

    statement: int
    agreed: tuple[int, ...]
    voted: tuple[int, ...]
    spread: float  # between the groups' (agreed + 1) / (voted + 2)


@dataclass(frozen=True, eq=False)
class OpinionMap:
    """Who votes alike, and whether that is more than chance.

    Without groups that are sure, `unites` counts everybody as one group and `divides` is empty. The three
    measures are nan where they were not reached.
    """

    participants: int
    clustered: int
    statements: int
    groups: tuple[Group, ...]  # the largest first
    alike: tuple[Alike, ...]  # left out of the grouping
    verdict: str  # "2 groups" and so on, NO_GROUPS or TOO_CLOSE
    reason: str
    silhouette: float
    stability: float  # mean adjusted Rand index, resampled people against all
    excess: float  # standard deviations by which shuffled votes look less clear
    unites: tuple[Common, ...]
    divides: tuple[Division, ...]
    positions: NDArray[np.float64]  # (participants, 2) on the map; nan for those who were not clustered


def opinion_map(votes: ArrayLike, *, limit: int = 5) -> OpinionMap:
    """Groups of members who vote alike, if there are any, with at most `limit` statements of each sort.

    votes (v, 3): participant index, statement index, and 1 agree, -1 disagree or 0 pass, in the order they
    were cast; of a pair the last counts. Those with votes on at least 7 statements (all, if there are fewer)
    are placed by the first two principal components of their votes, missing ones at the statement's mean,
    and by sqrt(m / n) further out when they voted on n of m only. k-means parts them in 2 to 5 groups of at
    least five people, as many as have the best silhouette. Those who answer everything alike are left out
    (`straight_liners`).

    Groups count when there are 20 people, when people drawn again with replacement part everybody alike
    (mean adjusted Rand index of at least 0.75), and when each statement's votes, shuffled among those who
    voted on it, look less clear (by 1.645 standard deviations); within three standard errors of what was
    drawn it is too close to tell, and otherwise there are none: `reason` says why. Opinions that vary
    gradually may pass in large numbers: a silhouette below 0.5 says so in `reason`. Nothing depends on how
    people and statements are numbered, and nothing on luck: what is drawn follows from the votes. Sources:
    Small et al. 2021 (Polis); Hennig 2007 (resampling).
    """
    matrix = _matrix(votes)
    cast = ~np.isnan(matrix)
    statements = int(cast.any(axis=0).sum())
    needed = min(VOTES_NEEDED, statements)
    enough = (cast.sum(axis=1) >= needed) & cast.any(axis=1)
    people, columns = own_order(matrix)
    people = people[enough[people]]
    only = straight_liners(matrix[people])
    chosen = people[np.isnan(only)]
    found = None
    if chosen.size >= PEOPLE_NEEDED:
        found = part_voters(matrix[np.ix_(chosen, columns)], rng=np.random.default_rng(_SEED))
    told, reason = verdict(found, chosen.size, needed)
    parts = _by_size(found.labels, chosen) if found and told not in (NO_GROUPS, TOO_CLOSE) else []
    positions = np.full((len(matrix), 2), np.nan)
    if found:
        positions[chosen] = found.places
    everybody = [np.arange(len(matrix))]
    return OpinionMap(
        participants=int(cast.any(axis=1).sum()),
        clustered=chosen.size,
        statements=statements,
        groups=tuple(
            Group(tuple(part.tolist()), _typical(matrix, chosen, part, limit), copies(matrix[part]))
            for part in parts
        ),
        alike=tuple(
            Alike(vote, tuple(np.sort(people[only == vote]).tolist())) for vote in (1, -1, 0) if vote in only
        ),
        verdict=told,
        reason=reason,
        silhouette=found.silhouette if found else math.nan,
        stability=found.stability if found else math.nan,
        excess=found.excess if found else math.nan,
        unites=_unites(matrix, parts or everybody, limit),
        divides=_divides(matrix, parts, limit),
        positions=positions,
    )


def draw_statement(left: Sequence[int], weights: ArrayLike, *, rng: np.random.Generator) -> int:
    """The statement to show a member next, drawn among those that are left, in proportion to their weights.

    left (n,), at least one; weights (n,): what statement_weights has for each.
    """
    weight = np.asarray(weights, dtype=np.float64)
    return int(left[rng.choice(len(left), p=weight / weight.sum())])


def statement_weights(votes: ArrayLike, statements: int) -> NDArray[np.float64]:
    """How likely each of so many statements (s,) is to be shown next, not scaled to 1.

    (0.1 + split) (1 + pull) (1 + 8 / (1 + n)): split is the variance of its n votes (with one agreeing and
    one disagreeing added), pull its length in the first two principal components over the longest. So the
    new, the disputed and those that tell groups apart come first, and everything comes up. votes as in
    opinion_map. Source: the idea is Polis's comment routing.
    """
    matrix = _matrix(votes)
    width = max(matrix.shape[1], statements)
    matrix = np.pad(matrix, ((0, 0), (0, width - matrix.shape[1])), constant_values=np.nan)
    agreed, voted = _said(matrix, 1), _voted(matrix)
    disagreed = _said(matrix, -1)
    mean = (agreed - disagreed) / (voted + 2)
    split = (agreed + disagreed + 2) / (voted + 2) - mean**2
    pull = np.hypot(*axes(matrix)[1].T)
    return (0.1 + split) * (1 + pull / max(pull.max(), 1e-12)) * (1 + 8 / (1 + voted))


def _matrix(votes: ArrayLike) -> NDArray[np.float64]:
    """Participants by statements: 1, -1, 0, and nan where there is no vote."""
    cast = np.asarray(votes, dtype=np.float64)
    if not cast.size:
        return np.full((0, 0), np.nan)
    if cast.ndim != 2 or cast.shape[1] != 3 or not (cast == np.floor(cast)).all() or cast[:, :2].min() < 0:
        raise ValueError("A vote is three whole numbers: participant, statement, and what was said.")
    if not np.isin(cast[:, 2], (-1, 0, 1)).all():
        raise ValueError("A vote is 1 to agree, -1 to disagree or 0 to pass.")
    people, statements = cast[:, 0].max() + 1, cast[:, 1].max() + 1
    if people * statements > _CELLS:
        raise ValueError("Participants and statements are numbered from 0 on, without large gaps.")
    matrix = np.full((int(people), int(statements)), np.nan)
    matrix[cast[:, 0].astype(np.intp), cast[:, 1].astype(np.intp)] = cast[:, 2]  # the last of a pair stays
    return matrix


def _by_size(labels: NDArray[np.intp], people: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    return [np.sort(people[labels == label]) for label in np.argsort(-np.bincount(labels), kind="stable")]


def _said(matrix: NDArray[np.float64], vote: int) -> NDArray[np.int64]:
    return (matrix == vote).sum(axis=0)


def _voted(matrix: NDArray[np.float64]) -> NDArray[np.int64]:
    return (~np.isnan(matrix)).sum(axis=0)


def _counts(
    matrix: NDArray[np.float64], parts: list[NDArray[np.intp]], vote: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Of each part (parts, m): who voted so, who voted, and the share with one of two votes added."""
    said = np.array([_said(matrix[part], vote) for part in parts])
    voted = np.array([_voted(matrix[part]) for part in parts])
    return said, voted, (said + 1) / (voted + 2)


def _typical(
    matrix: NDArray[np.float64], everybody: NDArray[np.intp], part: NDArray[np.intp], limit: int
) -> tuple[Telling, ...]:
    found: list[Telling] = []
    rest = np.setdiff1d(everybody, part)
    for vote in (1, -1):
        said, voted, share = _counts(matrix, [part, rest], vote)
        pooled = (said.sum(axis=0) + 2) / (voted.sum(axis=0) + 4)
        z = (share[0] - share[1]) / np.sqrt(pooled * (1 - pooled) * (1 / (voted + 2)).sum(axis=0))
        found += [
            Telling(
                statement=int(index),
                vote=vote,
                said=int(said[0, index]),
                voted=int(voted[0, index]),
                said_elsewhere=int(said[1, index]),
                voted_elsewhere=int(voted[1, index]),
                z=float(z[index]),
            )
            for index in np.flatnonzero((z >= TELLING) & (share[0] > 0.5))
        ]
    return tuple(sorted(found, key=lambda telling: (-telling.z, telling.statement))[:limit])


def _unites(matrix: NDArray[np.float64], parts: list[NDArray[np.intp]], limit: int) -> tuple[Common, ...]:
    found: list[Common] = []
    for vote in (1, -1):
        said, voted, share = _counts(matrix, parts, vote)
        consensus = share.prod(axis=0)
        found += [
            Common(int(index), vote, _tuple(said, index), _tuple(voted, index), float(consensus[index]))
            for index in np.flatnonzero((share > 0.5).all(axis=0))
        ]
    return tuple(sorted(found, key=lambda common: (-common.consensus, common.statement))[:limit])


def _divides(matrix: NDArray[np.float64], parts: list[NDArray[np.intp]], limit: int) -> tuple[Division, ...]:
    if not parts:
        return ()
    agreed, voted, share = _counts(matrix, parts, 1)
    spread = np.ptp(share, axis=0)
    return tuple(
        Division(int(index), _tuple(agreed, index), _tuple(voted, index), float(spread[index]))
        for index in np.argsort(-spread, kind="stable")[:limit]
    )


def _tuple(counts: NDArray[np.int64], statement: np.intp) -> tuple[int, ...]:
    return tuple(counts[:, statement].tolist())
