"""What of a weighted result may be shown: nothing that gives a ballot away to who knows every stake."""

import math
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from governance.text import counted
from governance.votes.ballots import as_whole
from governance.votes.dealings import STEP, Column, Columns, Dealing, Parts
from governance.votes.strategies import BASELINE, STRATEGIES, Voter, concentration, weights

FEWEST = 5  # voters that stand behind a published number, and behind what it leaves out
OTHERS = "others"
IN_STEPS = 5  # of ballots while a poll is open, so that nobody sees when somebody voted

_DEALS = 30  # ways of dealing the ballots out that must all be safe
_HEAVIEST = 10  # voters tried in each of them

_WEIGHTED = tuple(strategy for strategy in STRATEGIES if strategy != BASELINE)
_EMPTY: tuple[object, ...] = (None, "", [], {})  # abstentions
SIDES = {"strong_for": "for", "strong_against": "against"}  # what steps of agreement are joined to


@dataclass(frozen=True)
class PublicView:
    """What may be shown of a weighted result: shares in steps of 5 points, or None, and why.

    The three measures say how few people it rests on; they are about the ballots that are counted, and nan
    where there are no shares.
    """

    strategy: str
    shares: Mapping[str, int] | None  # percent of the weight, for each label
    leaders: tuple[str, ...]  # the largest of these rounded shares; several are too close to tell
    sentence: str
    effective_voters: float = math.nan  # 1 / sum of squared shares of the weight cast
    smallest_majority: float = math.nan  # how many of the heaviest voters have more than half of it
    top_three: float = math.nan  # their share of it, 0 to 1


def ballots_so_far(ballots: int, quorum: int = 0) -> str:
    """What may be told of an open poll's ballots, and how many it needs: "at least 5; 20 are needed"."""
    least = ballots // IN_STEPS * IN_STEPS
    told = f"at least {least:,}" if least else f"fewer than {IN_STEPS}"
    return told + (f"; {counted(quorum, 'is needed', 'are needed')}" if quorum else "")


def guarded_views(
    method: str, ballots: Sequence[Any], options: Sequence[str], voters: Sequence[Voter], *, closed: bool
) -> tuple[PublicView, ...]:
    """What may be shown of the weighted results, every strategy but one vote per member.

    ballots and voters (n,) in the same order; empty ballots are left out. Whoever knows who voted and all
    stakes can try, for each way of having voted, whether the published numbers of all strategies together
    come out. So they are shown only where for everybody there is another way:

    - after the close, rounded to 5 points, for methods whose results are shares;
    - options with fewer than 5 voters are joined until 5 stand behind each number and behind the rest; where
      a ballot can name several options, such an option is left out;
    - not where one voter has more than half of the weight, or fewer than 10 have any;
    - a set of strategies is shown only if it is safe for 30 random dealings of these ballots to these
      voters, which says nothing about the real one. Otherwise the strategy under which one voter weighs most
      is given up, and so on; and finally everything, if the real dealing is not safe.

    A dealing is safe if everybody's ballot (in the random ones, that of the 10 heaviest) could be another
    one: exchange it with somebody's different ballot, and further pairs if need be, so that the list of
    ballots and every published number stay as they are; and still so if one of those others shows theirs.
    Several who put their ballots together may learn more. Who wins exactly, and whether that differs from one
    vote per member, is such a number as well: show what leaders says, never the winners of a View. The share
    of a score is that of the largest score given, the share of dots that of the most anybody gave in all.
    Raises ValueError as weights does and where ballots and voters do not fit.
    """
    if len(ballots) != len(voters):
        raise ValueError(f"{len(ballots)} and {len(voters)}: ballots do not fit voters.")
    voted = [(ballot, voter) for ballot, voter in zip(ballots, voters, strict=True) if ballot not in _EMPTY]
    ballots, voters = [ballot for ballot, _ in voted], [voter for _, voter in voted]
    cast = {name: as_whole(weights(name, voters), len(voters))[0] for name in _WEIGHTED}
    refused = ""
    labels, parts = (), Parts([], 1)
    if not closed:
        refused = "Weighted results are shown after the close."
    elif method in ("numeric", "ranked", "ranked_irv", "ranked_schulze"):
        refused = "A weighted result of this method would be somebody's own ballot, so it is not shown."
    else:
        labels, parts = _joined(method, ballots, options)
        if len(labels) < 2:
            refused = f"Fewer than {FEWEST} voters stand behind one of the sides, so weights are not shown."
    reasons = {strategy: refused or _lopsided(cast[strategy]) for strategy in _WEIGHTED}
    columns = {strategy: Column(cast[strategy]) for strategy in _WEIGHTED if not reasons[strategy]}
    values = {strategy: column.sums(parts, parts.of) for strategy, column in columns.items()}
    # what has to go for the sake of the rest: where one voter weighs most
    shown = sorted(
        columns, key=lambda name: Fraction(max(columns[name].weights), columns[name].total), reverse=True
    )
    dealt = _Dealt(parts, columns)
    while shown and not dealt.are_safe(shown):
        reasons[shown.pop(0)] = (
            "With the stakes being public, these numbers could tell how a large holder voted."
        )
    if shown:
        together = Columns([columns[name] for name in shown])
        real = Dealing(parts, together, parts.of, [values[name] for name in shown])
        if not real.hide(range(len(ballots))):
            for strategy in shown:
                reasons[strategy] = (
                    "With the stakes being public, these numbers could tell how somebody voted."
                )
    return tuple(
        PublicView(strategy, None, (), reasons[strategy])
        if reasons[strategy]
        else _view(strategy, labels, values[strategy], columns[strategy], parts.scale)
        for strategy in _WEIGHTED
    )


def _view(
    strategy: str, labels: Sequence[str], values: Sequence[int], column: Column, scale: int
) -> PublicView:
    whole = column.total * scale
    shares = {
        label: STEP * ((200 * value + STEP * whole) // (2 * STEP * whole))
        for label, value in zip(labels, values, strict=True)
    }
    leaders = tuple(label for label in labels if shares[label] == max(shares.values()))
    sentence = f"Shares of the weight, rounded to {STEP} points; at least {FEWEST} members voted for each."
    return PublicView(strategy, shares, leaders, sentence, *concentration(column.shares))


def _joined(method: str, ballots: Sequence[Any], options: Sequence[str]) -> tuple[tuple[str, ...], Parts]:
    """The labels that may be shown, and the part (0 to 1) of each ballot that goes to each of them."""
    if method in ("single", "gradient"):
        names: list[str] = list(ballots)
        if method == "gradient" and min(Counter(names).values(), default=0) < FEWEST:
            names = [SIDES.get(name, name) for name in names]
        counts = Counter(names)
        joined = {name for name, count in counts.items() if count < FEWEST}
        while joined and len(joined) < len(counts) and sum(counts[name] for name in joined) < FEWEST:
            joined.add(min((name for name in counts if name not in joined), key=lambda n: (counts[n], n)))
        names = [OTHERS if name in joined else name for name in names]
        labels = tuple(sorted(set(names), key=lambda name: (name == OTHERS, name)))
        rows = {name: tuple(int(name == label) for label in labels) for name in labels}
        return labels, Parts([rows[name] for name in names], 1)
    # a score is a part of the largest one given, dots of the most that anybody gave in all
    if method == "approval":
        given = [tuple(int(option in ballot) for option in options) for ballot in ballots]
        most = 1
    else:
        given = [tuple(ballot.get(option, 0) for option in options) for ballot in ballots]
        most = max(map(max if method == "score" else sum, given), default=0)
    places = [
        place
        for place, points in enumerate(zip(*given, strict=True))
        if FEWEST <= sum(map(bool, points)) <= len(given) - FEWEST
    ]
    rows = [tuple(row[place] for place in places) for row in given]
    least = math.gcd(most, *{points for row in rows for points in row}) or 1
    return (
        tuple(options[place] for place in places),
        Parts([tuple(points // least for points in row) for row in rows], max(1, most // least)),
    )


def _lopsided(cast: Sequence[int]) -> str:
    total = sum(cast)
    if not total:
        return "Nobody who voted has weight under this strategy."
    if sum(weight > 0 for weight in cast) < 2 * FEWEST:
        return f"Fewer than {2 * FEWEST} voters have weight under this strategy, so its shares are not shown."
    if 2 * max(cast) > total:
        return "One voter has more than half of the weight, so its shares would be that voter's ballot."
    return ""


class _Dealt:
    """The ballots dealt out to the voters by chance, the same ways whenever one asks."""

    def __init__(self, parts: Parts, columns: Mapping[str, Column]) -> None:
        self.parts, self.columns = parts, columns
        self._source = random.Random(0)
        self._dealt = sorted(parts.of.tolist())  # nothing of the real dealing goes in
        self._ways: list[tuple[NDArray[np.intp], dict[str, list[int]]]] = []

    def are_safe(self, strategies: Sequence[str]) -> bool:
        """Whether each of the ways hides how the heaviest voted, if these strategies are shown."""
        together = Columns([self.columns[name] for name in strategies])
        return all(
            Dealing(self.parts, together, of, [values[name] for name in strategies]).hide(
                together.order[:_HEAVIEST]
            )
            for of, values in self._each()
        )

    def _each(self) -> Iterator[tuple[NDArray[np.intp], dict[str, list[int]]]]:
        for number in range(_DEALS):
            if number == len(self._ways):
                self._source.shuffle(self._dealt)
                of = np.array(self._dealt, dtype=np.intp)
                values = {name: column.sums(self.parts, of) for name, column in self.columns.items()}
                self._ways.append((of, values))
            yield self._ways[number]
