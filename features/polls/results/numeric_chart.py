"""The picture of a numeric poll: how many gave which answer, on an axis of numbers, and the median."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from features.polls.ballot_text import exact_text
from features.polls.results.result import PollResult
from ui.drawing import CURRENT, FAINT, INK, PROPOSED, SMALL, Picture, tiles, to_png
from wording.numbers import counted, shortened

MOST_BARS, BINS = 30, 20
NARROW = 60  # bars side by side over the axis, below which answers are joined
FAR, CRUSHED, MOST_FAR = 5, 4, 10  # interquartile ranges; how much shorter the axis gets; one in so many
LABELS = 6  # answers of which each has its number under it


@dataclass(frozen=True)
class Bar:
    """So many ballots from low to below high, or with just this answer where the two are the same."""

    low: Fraction
    high: Fraction
    ballots: int


@dataclass(frozen=True)
class Histogram:
    """Bars in ascending order; below and above: answers so far off that the axis leaves them out."""

    bars: tuple[Bar, ...]
    below: Bar | None
    above: Bar | None


def histogram(answers: Mapping[Fraction, int]) -> Histogram:
    """Every answer in one bar: each by itself where that can be seen, else in bins of one round width."""
    low, high = _near(answers)
    near = {answer: many for answer, many in answers.items() if low <= answer <= high}
    below = {answer: many for answer, many in answers.items() if answer < low}
    above = {answer: many for answer, many in answers.items() if answer > high}
    return Histogram(_bars(near), _end(below), _end(above))


def picture_of_numbers(result: PollResult, title: str, titled: bool = True) -> Picture:
    """A histogram of the answers with the median marked."""
    footer = f"{shortened(title)} · {counted(result.ballots, 'ballot')}"
    answers = {Fraction(answer): int(Fraction(many)) for answer, many in result.totals.items()}
    found = histogram(dict(sorted(answers.items())))
    heading = result.finding.split(",")[0].removesuffix(".")
    with tiles(heading, footer, [["bars"]], widths=[1], heights=[1], titled=titled) as (drawing, panels):
        panel = panels["bars"]
        first, last = float(found.bars[0].low), float(found.bars[-1].high)
        gaps = [float(b.low - a.low) for a, b in itertools.pairwise(found.bars)]
        each = min(gaps) if gaps else (abs(first) or 1.0)
        for bar in found.bars:
            wide = float(bar.high - bar.low) or 0.8 * each
            left = float(bar.low) if bar.high > bar.low else float(bar.low) - wide / 2
            panel.bar(left, bar.ballots, wide, align="edge", color=CURRENT, edgecolor=INK, linewidth=0.6)
        for end, place in ((found.below, first - 2 * each), (found.above, last + 2 * each)):
            if end is not None:
                panel.bar(place, end.ballots, each, color=FAINT)
        median = Fraction(result.winners[0]) if result.winners else None
        if median is not None:
            panel.axvline(float(median), color=PROPOSED, linewidth=5)
        _labelled(panel, found)
        panel.grid(visible=False, axis="x")
        panel.set_ylabel("Ballots")
        panel.locator_params(axis="y", integer=True)
        panel.set_xlabel("\n".join(["Answer, and the median in orange", *_far(found)]), fontsize=SMALL)
        drawing.subplots_adjust(left=0.14, bottom=0.24 + 0.06 * len(_far(found)))
        return Picture(to_png(drawing), _alt(result, found))


def _labelled(panel: Any, found: Histogram) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    if len(found.bars) <= LABELS and all(bar.low == bar.high for bar in found.bars):
        panel.set_xticks([float(bar.low) for bar in found.bars], [exact_text(bar.low) for bar in found.bars])
    else:
        panel.xaxis.set_major_locator(MaxNLocator(5))
        panel.xaxis.set_major_formatter(FuncFormatter(_tick))


def _tick(at: float, _: object) -> str:
    return exact_text(Fraction(f"{at:.10g}"))


def _near(answers: Mapping[Fraction, int]) -> tuple[Fraction, Fraction]:
    """The lowest and highest answer on the axis: of all, unless few are so far off that the rest shrinks."""
    cast = [answer for answer, many in answers.items() for _ in range(many)]
    low, high = cast[0], cast[-1]
    first, third = cast[len(cast) // 4], cast[(3 * len(cast)) // 4]
    reach = FAR * (third - first)
    near = [answer for answer in cast if first - reach <= answer <= third + reach]
    few = MOST_FAR * (len(cast) - len(near)) <= len(cast)
    return (
        (near[0], near[-1]) if reach and few and high - low > CRUSHED * (near[-1] - near[0]) else (low, high)
    )


def _bars(near: Mapping[Fraction, int]) -> tuple[Bar, ...]:
    answers = list(near)
    span = answers[-1] - answers[0]
    gaps = [b - a for a, b in itertools.pairwise(answers)]
    if not gaps or (len(answers) <= MOST_BARS and NARROW * min(gaps) >= span):
        return tuple(Bar(answer, answer, many) for answer, many in near.items())
    width = _round_width(span / BINS)
    bins: dict[int, int] = {}
    for answer, many in near.items():
        bins[answer // width] = bins.get(answer // width, 0) + many
    return tuple(Bar(at * width, (at + 1) * width, many) for at, many in sorted(bins.items()))


def _round_width(least: Fraction) -> Fraction:
    """The next of 1, 2 and 5 times a power of ten."""
    power = Fraction(1)
    while power > least:
        power /= 10
    while power * 10 <= least:
        power *= 10
    return next(times * power for times in (1, 2, 5, 10) if times * power >= least)


def _end(answers: Mapping[Fraction, int]) -> Bar | None:
    return Bar(min(answers), max(answers), sum(answers.values())) if answers else None


def _far(found: Histogram) -> Sequence[str]:
    """What the axis leaves out, in words."""
    return [
        f"Grey: {counted(end.ballots, 'answer')} far {side}, {_between(end)}"
        for side, end in (("below", found.below), ("above", found.above))
        if end is not None
    ]


def _between(bar: Bar) -> str:
    ends = exact_text(bar.low), exact_text(bar.high)
    return ends[0] if bar.low == bar.high else f"{ends[0]} to {ends[1]}"


def _alt(result: PollResult, found: Histogram) -> str:
    said = ", ".join(f"{_between(bar)}: {bar.ballots}" for bar in found.bars)
    return " ".join([result.finding, f"Ballots by answer: {said}.", *(f"{each}." for each in _far(found))])[
        :1024
    ]
