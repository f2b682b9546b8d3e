"""The pictures of concentration: the Lorenz curve, size against rank with its laws, one holder's place."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

from typing import TYPE_CHECKING

import numpy as np

from features.stakes.concentration import LAWS, StakeConcentration
from features.stakes.holders import Holder
from ui.drawing import (
    CURRENT,
    FAINT,
    GAIN,
    INK,
    LOSS,
    PANEL,
    PROPOSED,
    SMALL,
    Picture,
    as_percent,
    figure,
    thousands,
    to_png,
)
from wording.numbers import amount, number, whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.ticker import MultipleLocator

LAW_NAMES = {
    "power_law": "power law",
    "lognormal": "lognormal",
    "exponential": "exponential",
    "truncated_power_law": "power law, cut off",
}
LAW_LINES = dict(
    zip(LAWS, ((PROPOSED, "-", 4.0), (CURRENT, "--", 4.0), (LOSS, ":", 3.0), (GAIN, "-.", 3.0)), strict=True)
)
DOTS = 600
SMALLEST = 0.01  # NMR: nobody can stake less, but dust remains


def picture_of_lorenz(found: StakeConcentration, titled: bool = True) -> Picture:
    """The Lorenz curve beside the line of equal stakes, with the point from which on half is held."""
    measures = found.measures
    with figure(found.finding, _footer(found), [1.0], titled=titled) as (drawing, (curve,)):
        curve.plot([0, 1], [0, 1], color=FAINT, linestyle="--", linewidth=2)
        curve.fill_between(
            found.population, found.share, found.population, color=PROPOSED, alpha=0.25, linewidth=0
        )
        curve.plot(found.population, found.share, color=PROPOSED, linewidth=5)
        curve.text(0.03, 0.93, "dashed: all equal", color=FAINT, ha="left", va="top")
        if measures.holders > 1:
            from_here = 1 - measures.half / measures.holders
            curve.plot([from_here], [0.5], "o", color=INK, markersize=13, clip_on=False)
            curve.annotate(
                f"{whole(measures.half)} {'holds' if measures.half == 1 else 'hold'} half",
                (from_here, 0.5),
                xytext=(-22, 0),
                textcoords="offset points",
                ha="right",
                va="center",
            )
        curve.set(
            xlim=(0, 1),
            ylim=(0, 1),
            xlabel=f"{found.holders.unit.title()}s, the smallest first",
            ylabel="Of all stake",
        )
        for axis in (curve.xaxis, curve.yaxis):
            axis.set_major_formatter(as_percent)
            axis.set_major_locator(_quarters())
        return Picture(to_png(drawing), _lorenz_alt(found))


def picture_of_tail(found: StakeConcentration, titled: bool = True) -> Picture:
    """How many holders have at least so much, on logarithmic axes, with the laws fitted to the tail."""
    tail = found.tail
    title = f"By {found.holders.unit}: {tail.verdict[:1].lower()}{tail.verdict[1:].removesuffix('.')}"
    with figure(title, _footer(found), [1.0], titled=titled) as (drawing, (panel,)):
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
            panel.text(tail.fit.xmin, 0.55, " tail", color=FAINT, fontsize=SMALL, va="bottom", clip_on=True)
        panel.set_ylim(0.5, None)
        smallest, largest = float(tail.stake[0]), float(tail.stake[-1])
        panel.set_xlim(min(max(SMALLEST, smallest / 2), largest / 2), 2 * largest)
        _in_decades(panel)
        panel.set(xlabel="Stake, NMR", ylabel=f"{found.holders.unit.title()}s with that")
        panel.legend(loc="lower left", frameon=True, facecolor=PANEL, edgecolor=PANEL, fontsize=SMALL)
        return Picture(to_png(drawing), _tail_alt(found))


def picture_of_holder(found: Holder, titled: bool = True) -> Picture:
    """All stakes from the largest to the smallest, on logarithmic axes, and one holder among them.

    Raises ValueError for one without a stake, who has no place there.
    """
    if not found.stake:
        raise ValueError("Who has no stake has no place among the stakes.")
    footer = f"{found.source} · stakes of {found.day}"
    with figure(found.finding.removesuffix("."), footer, [1.0], titled=titled) as (drawing, (panel,)):
        rank = np.arange(1, found.every.size + 1)
        some = np.unique(np.geomspace(1, found.every.size, DOTS).astype(np.intp)) - 1
        panel.loglog(rank[some], found.every[some], color=CURRENT, linewidth=5, marker="o", markersize=5)
        panel.plot([found.rank], [found.stake], "o", color=PROPOSED, markersize=20)
        right = found.rank**2 > found.every.size  # in the right half: the words go to the left
        panel.annotate(
            f"rank {found.rank:,}: {amount(found.stake, 'NMR')}",
            (found.rank, found.stake),
            xytext=(-18, -18) if right else (18, 14),
            textcoords="offset points",
            ha="right" if right else "left",
            va="top" if right else "bottom",
            color=PROPOSED,
        )
        smallest, largest = max(SMALLEST, float(found.every[-1])), float(found.every[0])
        panel.set_ylim(min(smallest, found.stake, largest / 2) / 2, 4 * largest)
        panel.set_xlim(0.8, 1.25 * max(2, found.every.size))
        _in_decades(panel)
        panel.set(xlabel=f"Rank among the {found.unit}s", ylabel="Stake, NMR")
        return Picture(to_png(drawing), _holder_alt(found))


def _in_decades(panel: "Axes") -> None:
    for axis in (panel.xaxis, panel.yaxis):
        axis.set_major_formatter(thousands)


def _quarters() -> "MultipleLocator":
    from matplotlib.ticker import MultipleLocator

    return MultipleLocator(0.25)


def _footer(found: StakeConcentration) -> str:
    guessed = " · accounts guessed from names" if found.holders.guessed else ""
    return f"{found.holders.source} · stakes {found.said}{guessed}"


def _lorenz_alt(found: StakeConcentration) -> str:
    return (
        f"A Lorenz curve of {found.who} beside the line of equal stakes. {found.finding}. "
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


def _holder_alt(found: Holder) -> str:
    return f"The stakes of {found.holders:,} {found.unit}s by rank, and one of them marked. {found.finding}"[
        :1024
    ]
