"""The pictures of `/fund alignment` and `/fund rules`: means with their intervals, side by side."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from features.lab.fund.alignment import FundAlignment
from features.lab.fund.selection import RulesFollowed
from scoring.intervals import Interval
from ui.drawing import FAINT, LINES, Picture, by_round, figure, to_png
from wording.numbers import counted, plus_minus

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def picture_of_alignment(found: FundAlignment, titled: bool = True) -> Picture:
    """Rank correlation of pay with contribution by rule: in the same round, and afterwards."""
    groups = (
        ("the same round", [each.same for each in found.rules]),
        (f"the next {counted(found.stretch, 'round')}", [each.following for each in found.rules]),
    )
    footer = f"{found.source}, final {found.span}, 95 % intervals"
    with figure(found.finding.removesuffix("."), footer, [1.0], titled=titled) as (drawing, [panel]):
        _dots(panel, [each.rule for each in found.rules], groups)
        panel.set_xlabel("Pay with contribution, rank correlation")
        png = to_png(drawing)
    return Picture(png, _told([each.rule for each in found.rules], groups, 2))


def picture_of_alignment_by_round(found: FundAlignment, titled: bool = True) -> Picture:
    """Rank correlation of pay with contribution in each round, a line for each rule."""
    footer = f"{found.source}, final {found.span}"
    with figure("Pay with contribution, by round", footer, [1.0], titled=titled) as (drawing, [panel]):
        for each, (colour, dash) in zip(found.rules, LINES, strict=False):
            panel.plot(
                each.rounds, each.by_round, color=colour, linestyle=dash, linewidth=2.5, label=each.rule
            )
        panel.axhline(0, color=FAINT, linewidth=1)
        panel.set_ylabel("Rank correlation")
        panel.set_ylim(-0.9, 1.05)
        panel.legend(loc="lower left", frameon=False, labelcolor="linecolor")
        png = by_round(drawing, [panel])
    told = ", ".join(f"{each.rule} {plus_minus(each.same.mean, 2)}" for each in found.rules)
    return Picture(png, f"Lines over rounds of the rank correlation of pay with contribution; means: {told}.")


def picture_of_rules(found: RulesFollowed, titled: bool = True) -> Picture:
    """What each rule made beyond stake, by the first two measures."""
    names = list(dict.fromkeys(each.rule for each in found.followed))
    groups = [
        (f"in {measure}", [each.interval for each in found.followed if each.measure == measure])
        for measure in found.measures[:2]
    ]
    footer = f"{found.source}, final {found.span}, 95 % intervals"
    with figure(found.finding.removesuffix("."), footer, [1.0], titled=titled) as (drawing, [panel]):
        _dots(panel, names, groups)
        panel.set_xlabel("Beyond weights by stake, a round")
        panel.locator_params(axis="x", nbins=5)
        png = to_png(drawing)
    return Picture(png, _told(names, groups, 4))


def _dots(panel: "Axes", names: Sequence[str], groups: Sequence[tuple[str, Sequence[Interval]]]) -> None:
    """A line of dots with their intervals for each name, the groups below each other."""
    at = np.arange(len(names), dtype=np.float64)
    for group, ((label, intervals), (colour, _)) in enumerate(zip(groups, LINES, strict=False)):
        y = at + 0.3 * (group - (len(groups) - 1) / 2)
        low = [each.low if not math.isnan(each.low) else each.mean for each in intervals]
        high = [each.high if not math.isnan(each.high) else each.mean for each in intervals]
        panel.hlines(y, low, high, color=colour, linewidth=4)
        panel.plot(
            [each.mean for each in intervals], y, "os"[group], color=colour, markersize=11, label=label
        )
    panel.axvline(0, color=FAINT, linewidth=2, linestyle="--")
    panel.set_yticks(at, names)
    panel.set_ylim(len(names) - 0.5, -0.5 - 0.2 * len(names))  # the legend stands above the first
    panel.grid(visible=False, axis="y")
    panel.legend(
        loc="upper left",
        ncols=2,
        frameon=False,
        labelcolor="linecolor",
        handlelength=1.0,
        handletextpad=0.3,
        columnspacing=1.0,
    )


def _told(names: Sequence[str], groups: Sequence[tuple[str, Sequence[Interval]]], decimals: int) -> str:
    rows = [
        f"{label}: "
        + ", ".join(
            f"{name} {'not told' if math.isnan(each.mean) else plus_minus(each.mean, decimals)}"
            for name, each in zip(names, intervals, strict=True)
        )
        for label, intervals in groups
    ]
    return f"Dots with 95 % intervals. {'. '.join(rows)}."[:1024]
