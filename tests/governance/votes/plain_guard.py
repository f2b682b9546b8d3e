"""What of a weighted result may be shown, worked out plainly: every exchange of ballots in whole numbers.

The reference that governance.votes.secrecy is held to: the same verdicts, from code that tries one exchange
after the other and rounds nothing.
"""

import decimal
import itertools
import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from governance.votes.secrecy import PublicView
from governance.votes.strategies import BASELINE, STRATEGIES, Voter

STEP = 5  # points that published shares are rounded to
FEWEST = 5  # voters that stand behind a published number, and behind what it leaves out
OTHERS = "others"

_DEALS = 30  # ways of dealing the ballots out that must all be safe
_HEAVIEST = 10  # voters tried in each of them
_MOVABLE = 24  # voters who may exchange ballots to make up for another exchange
_STARTS, _EXCHANGES = 3, 8  # how long to look for another way of having voted

_WEIGHTED = tuple(strategy for strategy in STRATEGIES if strategy != BASELINE)
_EMPTY: tuple[object, ...] = (None, "", [], {})  # abstentions
SIDES = {"strong_for": "for", "strong_against": "against"}  # what steps of agreement are joined to

Part = tuple[Fraction, ...]


def plain_weights(strategy: str, voters: Sequence[Voter]) -> tuple[Fraction, ...]:
    stakes = [Fraction(voter.stake) if voter.verified else Fraction(0) for voter in voters]
    staked = sorted(stake for stake in stakes if stake)
    cap = staked[math.ceil(Fraction(4, 5) * len(staked)) - 1] if staked else Fraction(0)
    weigh: dict[str, Callable[[Voter, Fraction], Fraction]] = {
        "verified_only": lambda voter, _: Fraction(voter.verified),
        "log_stake": lambda _, stake: _logarithm(stake),
        "sqrt_stake": lambda _, stake: Fraction(
            math.isqrt(stake.numerator * 10**24 // stake.denominator), 10**12
        ),
        "capped_stake": lambda _, stake: min(stake, cap),
        "linear_stake": lambda _, stake: stake,
    }
    return tuple(weigh[strategy](voter, stake) for voter, stake in zip(voters, stakes, strict=True))


def _logarithm(stake: Fraction) -> Fraction:
    with decimal.localcontext(prec=50, rounding=decimal.ROUND_FLOOR):
        logarithm = (1 + decimal.Decimal(stake.numerator) / stake.denominator).ln()
        return Fraction(logarithm.quantize(decimal.Decimal(1).scaleb(-12)))


def plainly_guarded(
    method: str, ballots: Sequence[Any], options: Sequence[str], voters: Sequence[Voter], *, closed: bool
) -> tuple[PublicView, ...]:
    """What guarded_views returns, without its measures."""
    voted = [(ballot, voter) for ballot, voter in zip(ballots, voters, strict=True) if ballot not in _EMPTY]
    ballots, voters = [ballot for ballot, _ in voted], [voter for _, voter in voted]
    cast = {strategy: plain_weights(strategy, voters) for strategy in _WEIGHTED}
    refused = ""
    labels, parts = (), []
    if not closed:
        refused = "Weighted results are shown after the close."
    elif method in ("numeric", "ranked", "ranked_irv", "ranked_schulze"):
        refused = "A weighted result of this method would be somebody's own ballot, so it is not shown."
    else:
        labels, parts = _joined(method, ballots, options)
        if len(labels) < 2:
            refused = f"Fewer than {FEWEST} voters stand behind one of the sides, so weights are not shown."
    reasons = {strategy: refused or _lopsided(cast[strategy]) for strategy in _WEIGHTED}
    shown = [strategy for strategy in _WEIGHTED if not reasons[strategy]]
    # what has to go for the sake of the rest: where one voter weighs most
    shown.sort(key=lambda strategy: max(cast[strategy]) / sum(cast[strategy]), reverse=True)
    whole = {strategy: _whole(cast[strategy]) for strategy in shown}
    while shown and not _safe_dealings(parts, [whole[strategy] for strategy in shown]):
        reasons[shown.pop(0)] = (
            "With the stakes being public, these numbers could tell how a large holder voted."
        )
    if shown and not _safe(parts, [whole[strategy] for strategy in shown], range(len(parts))):
        for strategy in shown:
            reasons[strategy] = "With the stakes being public, these numbers could tell how somebody voted."
    return tuple(_view(name, labels, parts, cast[name], reasons[name]) for name in _WEIGHTED)


def _view(
    strategy: str, labels: Sequence[str], parts: Sequence[Part], cast: Sequence[Fraction], reason: str
) -> PublicView:
    if reason:
        return PublicView(strategy, None, (), reason)
    total = sum(cast)
    shares = {
        label: _rounded(
            sum((w * part[place] for w, part in zip(cast, parts, strict=True)), Fraction(0)) / total
        )
        for place, label in enumerate(labels)
    }
    leaders = tuple(label for label in labels if shares[label] == max(shares.values()))
    sentence = f"Shares of the weight, rounded to {STEP} points; at least {FEWEST} members voted for each."
    return PublicView(strategy, shares, leaders, sentence)


def _rounded(share: Fraction) -> int:
    return STEP * int(share * 100 / STEP + Fraction(1, 2))


def _joined(
    method: str, ballots: Sequence[Any], options: Sequence[str]
) -> tuple[tuple[str, ...], list[Part]]:
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
        return labels, [tuple(Fraction(name == label) for label in labels) for name in names]
    given = [_given(method, ballot, options) for ballot in ballots]
    # a score is a part of the largest one given, dots of the most that anybody gave in all
    most = max((max(g.values()) if method == "score" else sum(g.values()) for g in given), default=0)
    labels = tuple(
        option for option in options if FEWEST <= sum(bool(g[option]) for g in given) <= len(given) - FEWEST
    )
    scale = most if method in ("score", "dots") and most else 1
    return labels, [tuple(g[label] / scale for label in labels) for g in given]


def _given(method: str, ballot: Any, options: Sequence[str]) -> dict[str, Fraction]:
    if method == "approval":
        return {option: Fraction(option in ballot) for option in options}
    return {option: Fraction(ballot.get(option, 0)) for option in options}


def _lopsided(cast: Sequence[Fraction]) -> str:
    total = sum(cast)
    if not total:
        return "Nobody who voted has weight under this strategy."
    if sum(weight > 0 for weight in cast) < 2 * FEWEST:
        return f"Fewer than {2 * FEWEST} voters have weight under this strategy, so its shares are not shown."
    if 2 * max(cast) > total:
        return "One voter has more than half of the weight, so its shares would be that voter's ballot."
    return ""


def _whole(cast: Sequence[Fraction]) -> tuple[int, ...]:
    """The same weights as whole numbers."""
    scale = math.lcm(*(weight.denominator for weight in cast))
    return tuple(int(weight * scale) for weight in cast)


def _safe_dealings(parts: Sequence[Part], columns: Sequence[Sequence[int]]) -> bool:
    # the same dealings whenever one asks, and sorted first: nothing of the real one goes in
    source = random.Random(0)
    dealt = sorted(parts)
    heaviest = _by_weight(columns)[:_HEAVIEST]
    for _ in range(_DEALS):
        source.shuffle(dealt)
        if not _safe(dealt, columns, heaviest):
            return False
    return True


def _safe(parts: Sequence[Part], columns: Sequence[Sequence[int]], tried: Sequence[int]) -> bool:
    dealing = _Dealing(parts, columns)
    return all(dealing.hides(voter) for voter in tried)


def _by_weight(columns: Sequence[Sequence[int]]) -> list[int]:
    totals = [sum(column) for column in columns]
    shares = [
        sum(w / total for w, total in zip(row, totals, strict=True)) for row in zip(*columns, strict=True)
    ]
    return sorted(range(len(shares)), key=lambda voter: -shares[voter])


class _Dealing:
    """A way of having voted, and the numbers that would be published of it; in whole numbers, so exact.

    columns are the weights under each strategy; every strategy and label has one value, its weighted sum.
    """

    def __init__(self, parts: Sequence[Part], columns: Sequence[Sequence[int]]) -> None:
        scale = math.lcm(*(share.denominator for part in parts for share in part))
        self.parts = [tuple(int(share * scale) for share in part) for part in parts]
        self.columns = columns
        self.order = _by_weight(columns)
        self.values: list[int] = []
        self.bounds: list[tuple[int, int, int]] = []  # lowest and highest value rounded alike, and the whole
        for column in columns:
            whole = sum(column) * scale
            for place in range(len(self.parts[0])):
                value = sum(weight * part[place] for weight, part in zip(column, self.parts, strict=True))
                step = (200 * value + STEP * whole) // (2 * STEP * whole)
                low, above = (-((1 - 2 * edge) * STEP * whole // 200) for edge in (step, step + 1))
                self.values.append(value)
                self.bounds.append((low, above - 1, whole))

    def hides(self, voter: int) -> bool:
        """Whether nobody can tell how this voter voted, not even a voter who knows one other ballot."""
        moved = self.other_way(voter, None)
        return moved is not None and all(self.other_way(voter, insider) is not None for insider in moved)

    def other_way(self, voter: int, insider: int | None) -> set[int] | None:
        """Who else would have to have voted otherwise if this voter had, every number staying as it is.

        None where no such way is found; the insider's ballot stays.
        """
        rank = self.order.index(voter)
        starts: list[tuple[float, int, list[int]]] = []
        for place in sorted(range(len(self.order)), key=lambda other: abs(other - rank)):
            other = self.order[place]
            if other != insider and self.parts[other] != self.parts[voter]:
                values = self.exchanged(self.values, self.parts, voter, other)
                off = self.off(values)
                if not off:
                    return {other}
                starts.append((off, other, values))
        movable = [other for other in self.order if other not in (voter, insider)][:_MOVABLE]
        ways = (self.mended(voter, *start, movable) for start in sorted(starts)[:_STARTS])
        return next((way for way in ways if way), None)

    def mended(
        self, voter: int, off: float, other: int, values: list[int], movable: Sequence[int]
    ) -> set[int] | None:
        """Further exchanges that make up for that of these two, the best of all pairs each time."""
        parts = list(self.parts)
        parts[voter], parts[other] = parts[other], parts[voter]
        moved = {other}
        for _ in range(_EXCHANGES):
            best = None
            for one, two in itertools.combinations(movable, 2):
                if parts[one] != parts[two]:
                    tried = self.exchanged(values, parts, one, two)
                    left = self.off(tried)
                    if left < off:
                        off, best = left, (one, two, tried)
            if best is None:
                return None
            one, two, values = best
            parts[one], parts[two] = parts[two], parts[one]
            moved |= {one, two}
            if not off:
                return moved
        return None

    def exchanged(
        self, values: Sequence[int], parts: Sequence[tuple[int, ...]], one: int, two: int
    ) -> list[int]:
        gains = [after - before for before, after in zip(parts[one], parts[two], strict=True)]
        moves = [(column[one] - column[two]) * gain for column in self.columns for gain in gains]
        return [value + move for value, move in zip(values, moves, strict=True)]

    def off(self, values: Sequence[int]) -> float:
        """How far these values are from being rounded to the published numbers, as shares of the weight."""
        missed = 0.0
        for value, (low, high, whole) in zip(values, self.bounds, strict=True):
            if not low <= value <= high:
                missed += (low - value if value < low else value - high) / whole
        return missed
