"""What ballots that measure add up to: scores, numbers with their median, gradients of agreement."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat
from typing import Any

from governance.votes.ballots import HIGHEST_SCORE, STEPS, as_range, scaled
from governance.votes.rule import Rule

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)
_FEW = 8  # fewer are sooner added up than counted
EXACT = 1000  # ballots up to which the interval of a median is exact


@dataclass(frozen=True)
class Scores:
    """Mean and median score of each option, over all ballots counted; of two middle scores the lower one."""

    means: Mapping[str, Fraction]
    medians: Mapping[str, int]


@dataclass(frozen=True)
class Numbers:
    """How the numbers lie.

    `curve`: for every number cast, ascending, the share of weight at or below it. `median`: the lower and the
    upper one, which differ where exactly half of the weight lies below. `quartiles`: likewise from the lower
    one at 1/4 to the upper one at 3/4. `interval`: two numbers cast that hold the median of all who might
    have voted, 95 times in 100 or more, if voters are drawn from them by chance; from order statistics
    (binomial, normal above 1,000 ballots), None for fewer than 6 ballots or unequal weights.
    """

    curve: Mapping[Fraction, Fraction]
    median: tuple[Fraction, Fraction]
    quartiles: tuple[Fraction, Fraction]
    interval: tuple[Fraction, Fraction] | None


@dataclass(frozen=True)
class Gradient:
    """Where agreement stands.

    `support` is the share for it of what takes a side, None if nothing does; `blocks` the share of all weight
    on strong_against. `median` is a step, of two middle ones the less favourable. `consent`: nobody blocks.
    `outcome`: adopted if more weight is for it than against and the Rule of the vote is met; blocked or
    unsupported if its blocks or its least shares stand against that; rejected if more is against, undecided
    if it is the same.
    """

    shares: Mapping[str, Fraction]
    support: Fraction | None
    median: str
    blocks: Fraction
    consent: bool
    outcome: str


def describe_scores(
    ballots: Mapping[tuple[int, ...], int], options: tuple[str, ...]
) -> tuple[dict[str, int], Scores]:
    """Totals, means and medians; ballots: weight by scores in the order of options, some above 0."""
    by_score = {option: [0] * (HIGHEST_SCORE + 1) for option in options}
    alike: dict[int, list[tuple[int, ...]]] = {}  # most weigh the same, and hardly two say the same
    for scores, weight in ballots.items():
        alike.setdefault(weight, []).append(scores)
    for weight, forms in alike.items():
        for held, column in zip(by_score.values(), zip(*forms, strict=True), strict=True):
            times = Counter(column).items() if len(column) > _FEW else zip(column, repeat(1), strict=False)
            for score, many in times:
                held[score] += many * weight
    totals = {
        option: sum(score * weight for score, weight in enumerate(held)) for option, held in by_score.items()
    }
    medians = {option: _place(held, HALF) for option, held in by_score.items()}
    return totals, Scores(scaled(totals, sum(ballots.values())), medians)


def describe_numbers(weights: Mapping[Fraction, int], ballots: int | None) -> Numbers:
    """Curve, medians, quartiles, interval; weights by number, ascending, some above 0.

    ballots is how many were cast if their weights are equal, otherwise None.
    """
    values, held = list(weights), list(weights.values())
    total, running = sum(held), 0
    curve: dict[Fraction, Fraction] = {}
    for value, weight in weights.items():
        running += weight
        curve[value] = Fraction(running, total)

    def between(low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
        # what is at least `high` from below is, read from above, at least 1 - high
        return values[_place(held, low)], values[-1 - _place(held[::-1], 1 - high)]

    rank = _lower_rank(ballots) if ballots else 0
    share = Fraction(rank, ballots) if ballots else HALF
    interval = between(share, 1 - share) if rank else None
    return Numbers(curve, between(HALF, HALF), between(QUARTER, 1 - QUARTER), interval)


def midpoint(median: tuple[Fraction, Fraction], options: Sequence[Any] | None) -> Fraction:
    """The number that wins: midway between the lower and the upper median.

    In a range it is the step nearest to that, and of two equally near the lower one.
    """
    middle = sum(median, Fraction(0)) / 2
    if not options:
        return middle
    lowest, _, step = as_range(options)
    return lowest + math.ceil((middle - lowest) / step - HALF) * step


def describe_gradient(weights: Mapping[str, int], *, rule: Rule, empty: int, known: int) -> Gradient:
    """Shares, support, median, blocks and outcome; weights by step, some above 0.

    empty: the weight of abstentions; known: of all who might have voted.
    """
    total = sum(weights.values())
    favour, opposed = weights["strong_for"] + weights["for"], weights["against"] + weights["strong_against"]
    blocks = Fraction(weights["strong_against"], total)
    worst_first = list(reversed(STEPS))
    return Gradient(
        shares={step: Fraction(weights[step], total) for step in STEPS},
        support=Fraction(favour, favour + opposed) if favour + opposed else None,
        median=worst_first[_place([weights[step] for step in worst_first], HALF)],
        blocks=blocks,
        consent=not blocks,
        outcome=rule.outcome(favour, opposed, weights["strong_against"], weights["neutral"], empty, known),
    )


def _place(weights: Sequence[int], share: Fraction) -> int:
    """The first place at which the weights up to it are at least a share of all, above 0."""
    needed, running = share.numerator * sum(weights), 0
    for place, weight in enumerate(weights):
        running += weight * share.denominator
        if running >= needed:
            return place
    raise ValueError("A share can't be above 1.")


def _lower_rank(ballots: int) -> int:
    """The largest rank k with 95 % between the k-th smallest and the k-th largest ballot; 0 if there is none.

    The median of those they are drawn from lies outside with probability 2 P(B < k), B binomial with n
    ballots and 1/2. Source: David and Nagaraja 2003, Order Statistics, section 7.1.
    """
    if ballots > EXACT:
        return (100 * (ballots + 1) - 1 - math.isqrt(196**2 * ballots)) // 200  # (n + 1 - 1.96 sqrt n) / 2
    rank, below, cases = 0, 0, 1
    while 40 * (below + cases) <= 2**ballots:  # 2 P <= 1/20
        below += cases
        cases = cases * (ballots - rank) // (rank + 1)
        rank += 1
    return rank
