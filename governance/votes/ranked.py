"""Who wins by rankings: instant runoff with its rounds, and Schulze with its pairs and paths."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from governance.votes.ballots import scaled

MOST_COUNTS = 200  # ways to draw the lots that are tried before everybody still standing counts as tied

Option = TypeVar("Option", str, Fraction, str | Fraction)
Rankings = Mapping[tuple[str, ...], int]
Pairs = Mapping[str, Mapping[str, Fraction]]


@dataclass(frozen=True)
class Round:
    """One round of an instant runoff: the weight of whoever still stands, and how the round ended.

    `tied` had the fewest together, before any break. The reasons:
    majority: one has more than half of what is not exhausted, and the count is over.
    fewest: nobody else had so few.
    together: the tied have less than the next one even if added up, so their order can't matter.
    earlier_round: of the tied, it had the fewest in the latest earlier round that tells them apart.
    lot: alike in every round, it comes last in the order of the seed.
    tie: a lot is needed and there is no seed; the rounds end here.
    """

    totals: Mapping[str, Fraction]
    exhausted: Fraction  # weight of ballots that rank nobody still standing
    eliminated: tuple[str, ...]
    reason: str
    tied: tuple[str, ...]


@dataclass(frozen=True)
class Beatpaths:
    """What Schulze compares, of every two options.

    pairwise[a][b] is the weight that ranks a above b. paths[a][b] is the strength of the strongest path from
    a to b, which is that of its weakest link. A link is pairwise[a][b] where that is above pairwise[b][a]
    (winning votes), otherwise 0.
    """

    pairwise: Pairs
    paths: Pairs

    def margin(self, a: str, b: str) -> Fraction:
        """By how much weight more rank a above b than b above a."""
        return self.pairwise[a][b] - self.pairwise[b][a]


def order_of_lot(options: Iterable[Option], seed: str) -> tuple[Option, ...]:
    """Options in the order of SHA-256(seed + option), UTF-8, as everybody can check with the seed published.

    The first is the luckiest: it wins a tie, and the last is eliminated. A number is written as Fraction
    prints it, 1/20. Fair only with a seed that was fixed before the close and that nobody could choose.
    """
    return tuple(sorted(options, key=lambda option: hashlib.sha256(f"{seed}{option}".encode()).digest()))


def break_tie(options: Iterable[Option], seed: str) -> Option:
    """The option that a lot picks: the first in order_of_lot. Raises ValueError without any option."""
    ordered = order_of_lot(options, seed)
    if not ordered:
        raise ValueError("A lot needs at least one option.")
    return ordered[0]


def instant_runoff(
    rankings: Rankings, options: tuple[str, ...], *, unit: int, seed: str | None
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Round, ...]]:
    """Winners, whoever could win if lots fell differently, and the rounds, which say how ties were broken.

    rankings: weight in units by ranking, some above 0. Each round the option with the fewest goes and its
    ballots pass to the next one they rank, until one has more than half of what is not exhausted. Ties for
    the fewest are broken as Round says. Without a seed every way to draw the lots is tried, and whoever wins
    in one of them is among the winners; where there are more than MOST_COUNTS ways, whoever stood at the
    first lot. Source of trying all: Conitzer, Rognlie and Xia 2009, parallel universes.
    """
    pending: tuple[str, ...] = ()

    def stop(tied: tuple[str, ...]) -> None:
        nonlocal pending
        pending = tied

    without = _rounds(rankings, options, unit, stop)
    if without[-1].reason == "majority":
        winner = _first(without[-1])
        return (winner,), (winner,), without
    possible: set[str] = set()
    to_try = [(option,) for option in pending]
    for _ in range(MOST_COUNTS):
        if not to_try:
            break
        drawn = to_try.pop()
        lots = iter(drawn)
        last = _rounds(rankings, options, unit, lambda tied, lots=lots: next(lots, None) or stop(tied))[-1]
        if last.reason == "majority":
            possible.add(_first(last))
        else:
            to_try += [(*drawn, option) for option in pending]
    if to_try:
        possible = set(without[-1].totals)
    tied = tuple(option for option in options if option in possible)
    if seed is None:
        return tied, tied, without
    rounds = _rounds(rankings, options, unit, lambda tied: order_of_lot(tied, seed)[-1])
    return (_first(rounds[-1]),), tied, rounds


def schulze(
    rankings: Rankings, options: tuple[str, ...], *, unit: int
) -> tuple[tuple[str, ...], Mapping[str, Fraction], Beatpaths]:
    """Winners, how many others each option beats, and the pairs and paths by which it does.

    a beats b if its strongest path to b is stronger than the one back; nobody beats a winner, and there is
    always one. Whoever a ballot leaves out comes below all it ranks, and level with the others left out.
    Links count by winning votes, as in the votes of Debian. Source: Schulze 2011, A new monotonic,
    clone-independent, reversal symmetric, and Condorcet-consistent single-winner election method.
    """
    above = {a: dict.fromkeys((b for b in options if b != a), 0) for a in options}
    for ranking, weight in rankings.items():
        below = set(options)
        for a in ranking:
            below.remove(a)
            row = above[a]
            for b in below:
                row[b] += weight
    paths = {a: {b: won if won > above[b][a] else 0 for b, won in row.items()} for a, row in above.items()}
    for via in options:
        for a in options:
            for b in options:
                if a != b and via not in (a, b):
                    paths[a][b] = max(paths[a][b], min(paths[a][via], paths[via][b]))
    beaten = {a: sum(paths[a][b] > paths[b][a] for b in paths[a]) for a in options}
    winners = tuple(a for a in options if all(paths[a][b] >= paths[b][a] for b in paths[a]))
    found = Beatpaths(*({a: scaled(row, unit) for a, row in pairs.items()} for pairs in (above, paths)))
    return winners, scaled(beaten, 1), found


def _rounds(
    rankings: Rankings, options: tuple[str, ...], unit: int, lot: Callable[[tuple[str, ...]], str | None]
) -> tuple[Round, ...]:
    """The rounds up to a majority, or to the first lot that is not drawn; lot picks whoever is eliminated."""
    piles: dict[str, list[tuple[tuple[str, ...], int]]] = {option: [] for option in options}
    for ranking, weight in rankings.items():
        piles[ranking[0]].append((ranking, weight))
    totals = {option: sum(weight for _, weight in pile) for option, pile in piles.items()}
    history: list[dict[str, int]] = []
    rounds: list[Round] = []
    exhausted = 0
    while True:
        history.append(dict(totals))
        eliminated, reason, tied = _end_of_round(history, lot)
        rounds.append(Round(scaled(totals, unit), Fraction(exhausted, unit), eliminated, reason, tied))
        if not eliminated:
            return tuple(rounds)
        for option in eliminated:
            del totals[option]
        for option in eliminated:
            for ranking, weight in piles[option]:
                heir = next((other for other in ranking if other in totals), None)
                if heir is None:
                    exhausted += weight
                else:
                    totals[heir] += weight
                    piles[heir].append((ranking, weight))


def _end_of_round(
    history: list[dict[str, int]], lot: Callable[[tuple[str, ...]], str | None]
) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    """Who goes, why, and who was tied for it; history: totals of this round, last, and of those before."""
    totals = history[-1]
    if 2 * max(totals.values()) > sum(totals.values()):
        return (), "majority", ()
    fewest = min(totals.values())
    tied = tuple(option for option, total in totals.items() if total == fewest)
    if len(tied) == 1:
        return tied, "fewest", ()
    if fewest * len(tied) < min((total for total in totals.values() if total > fewest), default=0):
        return tied, "together", tied
    alike = tied
    for earlier in reversed(history[:-1]):
        fewest = min(earlier[option] for option in alike)
        alike = tuple(option for option in alike if earlier[option] == fewest)
    if len(alike) == 1:
        return alike, "earlier_round", tied
    drawn = lot(alike)
    return ((), "tie", tied) if drawn is None else ((drawn,), "lot", tied)


def _first(last: Round) -> str:
    return max(last.totals, key=lambda option: last.totals[option])
