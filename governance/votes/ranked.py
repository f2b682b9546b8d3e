"""Who wins by rankings under Schulze, with the pairs and paths; and the lots that settle ties."""

import hashlib
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from governance.votes.ballots import scaled

Option = TypeVar("Option", str, Fraction, str | Fraction)
Ranking = tuple[tuple[str, ...], ...]  # the options of each rank, best first
Rankings = Mapping[Ranking, int]
Pairs = Mapping[str, Mapping[str, Fraction]]


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


def schulze(
    rankings: Rankings, options: tuple[str, ...], *, unit: int, left_out_last: bool
) -> tuple[tuple[str, ...], Mapping[str, Fraction], Beatpaths]:
    """Winners, how many others each option beats, and the pairs and paths by which it does.

    a beats b if its strongest path to b is stronger than the one back; nobody beats a winner, and there is
    always one. Options of the same rank are level, and so are those that a ballot leaves out; these come
    below all it ranks, or unless left_out_last are compared with no other. Links count by winning votes, as
    in the votes of Debian. Source: Schulze 2011, A new monotonic, clone-independent, reversal symmetric, and
    Condorcet-consistent single-winner election method.
    """
    above = {a: dict.fromkeys((b for b in options if b != a), 0) for a in options}
    for ranking, weight in rankings.items():
        below = set(options if left_out_last else itertools.chain.from_iterable(ranking))
        for rank in ranking:
            below.difference_update(rank)
            for a in rank:
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
