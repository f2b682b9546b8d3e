"""The pictures of concentration: the Lorenz curve with its measures, and rank against size with its laws."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

from typing import TYPE_CHECKING, Any

import numpy as np

from features.stakes.concentration import LAWS, StakeConcentration
from ui.drawing import (
    CURRENT,
    FAINT,
    GAIN,
    INK,
    LOSS,
    PANEL,
    PROPOSED,
    Picture,
    as_percent,
    thousands,
    tiles,
    to_png,
)
from wording.numbers import number, percent, whole

if TYPE_CHECKING:
    from matplotlib.ticker import MultipleLocator

LAW_NAMES = {
    "power_law": "power law",
    "lognormal": "lognormal",
    "exponential": "exponential",
    "truncated_power_law": "truncated power law",
}
LAW_LINES = dict(
    zip(LAWS, ((PROPOSED, "-", 4.0), (CURRENT, "--", 4.0), (LOSS, ":", 3.0), (GAIN, "-.", 3.0)), strict=True)
)
DOTS = 600
SMALLEST = 0.01  # NMR: nobody can stake less, but dust remains


def picture_of_lorenz(found: StakeConcentration) -> Picture:
    """The Lorenz curve, and the measures beside it."""
    measures = found.measures
    title = found.finding.removesuffix(".")
    with tiles(title, _footer(found), [["curve", "words"]], widths=[1.45, 1], heights=[1]) as (
        drawing,
        panels,
    ):
        curve, words = panels["curve"], panels["words"]
        curve.plot([0, 1], [0, 1], color=FAINT, linestyle="--", linewidth=2)
        curve.fill_between(
            found.population, found.share, found.population, color=PROPOSED, alpha=0.25, linewidth=0
        )
        curve.plot(found.population, found.share, color=PROPOSED, linewidth=4)
        curve.text(0.47, 0.52, "all equal", color=FAINT, rotation=40, ha="center", va="bottom", fontsize=18)
        curve.set(
            xlim=(0, 1), ylim=(0, 1), xlabel=f"Smallest {found.holders.unit}s", ylabel="Share of all stake"
        )
        for axis in (curve.xaxis, curve.yaxis):
            axis.set_major_formatter(as_percent)
            axis.set_major_locator(_quarters())
        words.set_axis_off()
        lines = [
            (whole(measures.half), "hold half"),
            (whole(found.third), "hold a third"),
            (whole(measures.effective_number), "effective"),
            (f"{measures.gini:.3f}".removeprefix("0"), "Gini"),
            *((percent(share), f"largest {k}" if k > 1 else "the largest") for k, share in found.top.items()),
        ]
        for line, (value, what) in enumerate(lines):
            place: dict[str, Any] = {"va": "baseline", "transform": words.transAxes}
            height = 0.92 - line * 0.145
            words.text(0.36, height, value, fontsize=30, fontweight="bold", ha="right", **place)
            words.text(0.44, height, what, fontsize=21, color=FAINT, **place)
        return Picture(to_png(drawing), _lorenz_alt(found))


def picture_of_tail(found: StakeConcentration) -> Picture:
    """How many holders have at least so much, on logarithmic axes, with the laws fitted to the tail."""
    tail = found.tail
    title = f"By {found.holders.unit}: {tail.verdict[:1].lower()}{tail.verdict[1:].removesuffix('.')}"
    with tiles(title, _footer(found), [["tail"]], widths=[1], heights=[1]) as (drawing, panels):
        panel = panels["tail"]
        some = np.unique(np.geomspace(1, tail.stake.size, DOTS).astype(np.intp)) * -1
        panel.loglog(
            tail.stake[some], tail.at_least[some], "o", color=INK, markersize=6, alpha=0.8, label="stakes"
        )
        if tail.fit.tail_size:
            for law, (colour, dash, width) in LAW_LINES.items():
                drawn = tail.laws[law] * tail.fit.tail_size
                seen = drawn > 0.3
                panel.plot(
                    tail.at[seen],
                    drawn[seen],
                    color=colour,
                    linestyle=dash,
                    linewidth=width,
                    label=LAW_NAMES[law],
                )
            panel.axvline(tail.fit.xmin, color=FAINT, linewidth=1.5)
            panel.text(tail.fit.xmin, 0.55, " tail", color=FAINT, fontsize=18, va="bottom")
        panel.set_ylim(0.5, None)
        smallest, largest = float(tail.stake[0]), float(tail.stake[-1])
        panel.set_xlim(min(max(SMALLEST, smallest / 2), largest / 2), 2 * largest)
        for axis in (panel.xaxis, panel.yaxis):
            axis.set_major_formatter(thousands)
            axis.set_minor_formatter("")  # within a decade it would write formulas, which are not parsed here
        panel.set(xlabel="Stake, NMR", ylabel=f"{found.holders.unit.title()}s with at least that")
        panel.legend(loc="lower left", frameon=True, facecolor=PANEL, edgecolor=PANEL, fontsize=18)
        return Picture(to_png(drawing), _tail_alt(found))


def _quarters() -> "MultipleLocator":
    from matplotlib.ticker import MultipleLocator

    return MultipleLocator(0.25)


def _footer(found: StakeConcentration) -> str:
    guessed = " · accounts guessed from names" if found.holders.guessed else ""
    return f"{found.holders.source} · stakes of {found.holders.day}{guessed}"


def _lorenz_alt(found: StakeConcentration) -> str:
    return (
        f"A Lorenz curve of {found.who} beside the line of equal stakes. {found.finding} "
        f"Gini {found.measures.gini:.3f}, effective number {whole(found.measures.effective_number)}."
    )[:1024]


def _tail_alt(found: StakeConcentration) -> str:
    fit = found.tail.fit
    drawn = (
        f"The {fit.tail_size:,} largest, from {number(fit.xmin)} NMR on, with four fitted laws. "
        if fit.tail_size
        else "No law could be fitted. "
    )
    return f"Stakes by rank on logarithmic axes. {drawn}{found.tail.verdict}"[:1024]
