"""The picture of a result: a bar for each option, and what other strategies say where it may be shown."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

import itertools
import textwrap

from features.polls.ballot_text import STEP_WORDS
from features.polls.results.numeric_chart import picture_of_numbers
from features.polls.results.result import PollResult, Shown
from governance.votes.strategies import BASELINE, STRATEGIES
from ui.drawing import (
    CURRENT,
    FAINT,
    GAIN,
    INK,
    LOSS,
    PROPOSED,
    SMALL,
    Picture,
    as_percent,
    tiles,
    to_png,
)
from wording.numbers import counted, shortened

MOST_BARS, FEW_BARS = 10, 6
MARKS = "so^DP*Xvh"  # of matplotlib, for the strategies in their order; they start again where they run out
AXES = {
    "score": "Of the highest score",
    "dots": "Of all dots",
    "ranked_schulze": "Others it beats",
}
COLOURS = {"strong_for": GAIN, "for": GAIN, "neutral": FAINT, "against": LOSS, "strong_against": LOSS}


def picture_of_result(result: PollResult, title: str, titled: bool = True) -> Picture:
    """Shares under one member, one vote as bars; rounded shares of other strategies as marks."""
    if result.method == "numeric" and result.totals:
        return picture_of_numbers(result, title, titled)
    footer = f"{shortened(title)} · {counted(result.ballots, 'ballot')}"
    shares = dict(result.shares) or {option: _number(total) for option, total in result.totals.items()}
    if result.method == "gradient":
        rows = [(step, shares.get(step, 0.0)) for step in STEP_WORDS]
    else:
        rows = sorted(shares.items(), key=lambda row: -row[1])[:MOST_BARS]
    marks = _marks(result)
    with tiles(
        result.finding.removesuffix("."), footer, [["bars"]], widths=[1], heights=[1], titled=titled
    ) as (drawing, panels):
        panel = panels["bars"]
        places = list(range(len(rows)))[::-1]
        colours = [
            COLOURS.get(option, PROPOSED if option in result.winners else CURRENT) for option, _ in rows
        ]
        panel.barh(places, [share for _, share in rows], color=colours, height=0.66, alpha=0.9)
        top = max([share for _, share in rows], default=1.0) or 1.0
        for (words, points), mark in zip(marks, itertools.cycle(MARKS), strict=False):
            there = [
                (points[option], place)
                for place, (option, _) in zip(places, rows, strict=True)
                if option in points
            ]
            if there:
                panel.plot(*zip(*there, strict=True), mark, color=INK, markersize=13, label=words, alpha=0.85)
                top = max(top, *(share for share, _ in there))
        names = [_in_lines(STEP_WORDS.get(option, option), len(rows)) for option, _ in rows]
        panel.set_yticks(places, names, fontsize=SMALL)
        panel.set_xlim(0, 1.08 * top)
        panel.grid(visible=False, axis="y")
        if result.shares:
            panel.xaxis.set_major_formatter(as_percent)
        panel.locator_params(axis="x", nbins=4)
        panel.set_xlabel(AXES.get(result.method, "Share of the ballots"))
        drawing.subplots_adjust(left=0.4)
        if panel.get_legend_handles_labels()[0]:
            panel.barh([], [], color=CURRENT, label=STRATEGIES[BASELINE].words)
            bottom = 0.36 if not titled else 0.4
            drawing.subplots_adjust(bottom=bottom)
            drawing.legend(
                loc="lower center",
                bbox_to_anchor=(0.5, 0.0 if not titled else 0.06),
                ncols=2,
                frameon=False,
                fontsize=SMALL,
                handletextpad=0.3,
                columnspacing=1.0,
            )
        return Picture(to_png(drawing), _alt(result, rows))


def _marks(result: PollResult) -> list[tuple[str, dict[str, float]]]:
    """The other strategies in words, with the share of each option that has one of its own."""
    if not result.shares:
        return []
    alone = {label for label in Shown.of(result).named if label not in Shown.of(result).joined}
    shown = {each.name: each.shares for each in result.strategies if each.shares is not None}
    return [
        (
            strategy.words,
            {label: share / 100 for label, share in shown.get(name, {}).items() if label in alone},
        )
        for name, strategy in STRATEGIES.items()
        if name != BASELINE
    ]


def _in_lines(name: str, rows: int) -> str:
    """A name in at most two lines where the bars are few, in one where they are many."""
    return "\n".join(textwrap.wrap(name, 24, max_lines=2 if rows <= FEW_BARS else 1, placeholder=" …"))


def _number(text: str) -> float:
    top, _, bottom = text.partition("/")
    return float(top) / float(bottom or 1)


def _alt(result: PollResult, rows: list[tuple[str, float]]) -> str:
    said = ", ".join(f"{STEP_WORDS.get(option, option)} {share:.2f}" for option, share in rows[:8])
    return f"A bar for each option: {said}. {result.finding}"[:1024]
