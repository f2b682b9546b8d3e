"""The picture of stake and score: each against stake, side by side, and how densely the accounts lie."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from features.stakes.influence import StakeInfluence
from ui.drawing import CURRENT, FAINT, INK, LOSS, PROPOSED, Picture, thousands, tiles, to_png
from wording.numbers import amount, number, score_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DOTS = 4000  # points that are drawn; of more, the largest stakes and an even choice of the rest


def picture_of_influence(found: StakeInfluence) -> Picture:
    """Score on the left, stake x score on the right with the band of no relation, density below."""
    name = score_name(found.score)
    day = f"stakes of {found.day}" if found.by == "today" else "stake at risk in each round"
    band = f"band: 90 % if {name} had nothing to do with stake"
    footer = f"{found.source} · {name} of {found.span} · {day} · {band}"
    layout = [["score", "product"], ["density", "density"]]
    with tiles(found.finding.removesuffix("."), footer, layout, widths=[1, 1], heights=[2.6, 1]) as (
        drawing,
        panels,
    ):
        shown = _shown(found)
        stake, value = found.stake[shown], found.value[shown]
        most = 1.04 * (found.zoom or float(found.stake.max()))
        for panel, height, label in (
            (panels["score"], value, name),
            (panels["product"], stake * value, f"stake x {name}"),
        ):
            panel.plot(stake, height, "o", color=CURRENT, markersize=6, alpha=0.65, markeredgewidth=0)
            panel.axhline(0, color=FAINT, linewidth=1)
            panel.axvline(found.threshold, color=LOSS, linewidth=1.5, linestyle=":")
            panel.set_xlim(-0.02 * most, most)
            panel.set_title(label, fontsize=22)
            panel.set_xlabel("Stake, NMR")
            panel.xaxis.set_major_formatter(thousands)
            panel.locator_params(nbins=4)
            inside = height[stake <= most]
            if inside.size and np.ptp(inside) > 0:
                room = 0.08 * np.ptp(inside)
                panel.set_ylim(min(inside.min(), 0) - room, max(inside.max(), 0) + room)
        panels["product"].yaxis.set_major_formatter(thousands)
        _band(panels["score"], np.array([0.0, most]), found, slope=False)
        _band(panels["product"], np.array([0.0, most]), found, slope=True)
        _densities(panels["density"], found)
        drawing.subplots_adjust(left=0.12, top=0.78, hspace=0.5, wspace=0.24, bottom=0.17)
        return Picture(to_png(drawing), _alt(found))


def _shown(found: StakeInfluence) -> NDArray[np.intp]:
    order = np.argsort(-found.stake, kind="stable")
    if order.size <= DOTS:
        return order
    rest = np.linspace(DOTS // 4, order.size - 1, DOTS - DOTS // 4).astype(np.intp)
    return order[np.concatenate((np.arange(DOTS // 4), rest))]


def _band(panel: "Axes", stake: NDArray[np.float64], found: StakeInfluence, *, slope: bool) -> None:
    size = stake if slope else np.ones(2)
    panel.fill_between(
        stake, found.band.low * size, found.band.high * size, color=PROPOSED, alpha=0.22, linewidth=0
    )


def _densities(panel: "Axes", found: StakeInfluence) -> None:
    """Accounts per decade of stake, below and above the threshold; single ticks where there are few."""
    panel.set_xscale("log")
    sides = (
        (found.stake <= found.threshold, found.density_below, CURRENT),
        (found.stake > found.threshold, found.density_above, PROPOSED),
    )
    for side, density, colour in sides:
        if np.isnan(density).all():
            stakes = found.stake[side]
            panel.plot(
                stakes,
                np.zeros(stakes.size),
                "|",
                color=colour,
                markersize=26,
                markeredgewidth=2.5,
                clip_on=False,
            )
        else:
            panel.fill_between(found.density_at, density, color=colour, alpha=0.45, linewidth=0)
    panel.axvline(found.threshold, color=LOSS, linewidth=1.5, linestyle=":")
    low, high = panel.get_xlim()
    late = (
        found.threshold**2 > low * high
    )  # in the right half: the words go to the left, or they leave the picture
    panel.text(
        found.threshold,
        0.97,
        f" {number(found.threshold)} NMR ",
        ha="right" if late else "left",
        transform=panel.get_xaxis_transform(),
        color=INK,
        fontsize=17,
        va="top",
    )
    panel.set_ylim(0, None)
    panel.locator_params(axis="y", nbins=3)
    panel.xaxis.set_major_formatter(thousands)
    panel.xaxis.set_minor_formatter("")
    panel.yaxis.set_major_formatter(thousands)
    panel.set_ylabel("per decade", fontsize=17)


def _alt(found: StakeInfluence) -> str:
    name = score_name(found.score)
    return (
        f"Left, {name} against stake for {found.who}; right, stake x {name}, which fans out as the shaded "
        f"band of no relation does. {found.across.n_above} lie above {amount(found.threshold, 'NMR')}. "
        f"{found.finding}"
    )[:1024]
