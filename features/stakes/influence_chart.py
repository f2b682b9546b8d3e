"""The pictures of stake and score, one question each: together, their product, its range, sizes, density."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from features.stakes.influence import StakeInfluence
from ui.drawing import (
    CURRENT,
    FAINT,
    INK,
    LOSS,
    PROPOSED,
    SMALL,
    Picture,
    bars,
    by_round,
    figure,
    thousands,
    to_png,
)
from wording.numbers import amount, number, plus_minus, score_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DOTS = 4000  # points that are drawn; of more, the largest stakes and an even choice of the rest
DUST = 0.01  # NMR: nobody can stake less


def picture_of_influence(found: StakeInfluence, titled: bool = True) -> Picture:
    """Score against stake, logarithmic in stake, with the line that stakes are compared across."""
    name = score_name(found.score)
    with figure(found.finding.removesuffix("."), _footer(found), [1.0], titled=titled) as (drawing, (panel,)):
        stake, value = _shown(found)
        most = found.zoom or float(found.stake.max())
        _dots(panel, stake[stake <= most], value[stake <= most])
        panel.axhline(0, color=FAINT, linewidth=2)
        low, high = _stake_axis(panel, stake, most)
        _threshold(panel, found, low, high)
        _room(panel, value[stake <= most])
        panel.yaxis.set_major_formatter(thousands)
        panel.set_ylabel(name)
        return Picture(to_png(drawing), _alt(found, f"{name} against stake for {found.who}"))


def picture_of_product(found: StakeInfluence, titled: bool = True) -> Picture:
    """Stake x score against stake, linear in both, with the band of no relation."""
    name = f"Stake x {score_name(found.score)}"
    with figure(f"{name} fans out by itself", _footer(found), [1.0], titled=titled) as (drawing, (panel,)):
        stake, value = _shown(found)
        most = 1.04 * (found.zoom or float(found.stake.max()))
        ends = np.array([0.0, most])
        panel.fill_between(
            ends, found.band.low * ends, found.band.high * ends, color=PROPOSED, alpha=0.3, linewidth=0
        )
        _dots(panel, stake, stake * value)
        panel.axhline(0, color=FAINT, linewidth=2)
        panel.set_xlim(-0.02 * most, most)
        _room(panel, (stake * value)[stake <= most])
        panel.locator_params(nbins=5)
        for axis in (panel.xaxis, panel.yaxis):
            axis.set_major_formatter(thousands)
        panel.set(xlabel="Stake, NMR", ylabel=name)
        told = f"{name} against stake for {found.who}, which fans out as the shaded band of no relation does"
        return Picture(to_png(drawing), _alt(found, told))


def picture_of_range(found: StakeInfluence, titled: bool = True) -> Picture:
    """How far stake x score lies from 0, on logarithmic axes, and its spread on both sides of the split."""
    name = f"stake x {score_name(found.score)}"
    with figure(f"Where the range of {name} changes", _footer(found), [1.0], titled=titled) as (
        drawing,
        (panel,),
    ):
        stake, value = _shown(found)
        _sizes(panel, stake, np.abs(stake * value))
        low, high = _stake_axis(panel, stake, float(found.stake.max()))
        split = found.split
        if split is not None and not math.isnan(split.threshold):
            panel.axvspan(max(split.low, low), min(split.high, high), color=FAINT, alpha=0.25, linewidth=0)
            for ends, spread in (
                ((low, split.threshold), split.spread_below),
                ((split.threshold, high), split.spread_above),
            ):
                if spread > 0:
                    panel.plot(ends, [spread, spread], color=PROPOSED, linewidth=6)
        panel.yaxis.set_major_formatter(thousands)
        panel.set_ylabel(f"Size of {name}")
        told = f"How far {name} lies from 0 against stake, and its spread below and above the best split"
        return Picture(to_png(drawing), _alt(found, told))


def picture_of_sizes(found: StakeInfluence, titled: bool = True) -> Picture:
    """How large scores are, up or down, against stake, on logarithmic axes, with their slope."""
    name = score_name(found.score)
    with figure(f"How large a {name} is, by stake", _footer(found), [1.0], titled=titled) as (
        drawing,
        (panel,),
    ):
        stake, value = _shown(found)
        _sizes(panel, stake, np.abs(value))
        low, high = _stake_axis(panel, stake, float(found.stake.max()))
        if found.slope is not None and not math.isnan(found.slope.slope):
            both = np.abs(found.value) > 0
            level = np.log(np.abs(found.value[both])).mean()
            middle = np.log(found.stake[both]).mean()
            ends = np.array([low, high])
            line = np.exp(level + found.slope.slope * (np.log(ends) - middle))
            panel.plot(ends, line, color=PROPOSED, linewidth=5)
        panel.yaxis.set_major_formatter(thousands)
        panel.set_ylabel(f"Size of {name}")
        return Picture(to_png(drawing), _alt(found, f"The size of {name} against stake for {found.who}"))


def picture_of_rounds(found: StakeInfluence, titled: bool = True) -> Picture:
    """The rank correlation of every round, with their mean and its interval."""
    name = score_name(found.score)
    footer = _footer(found, found.span)
    with figure(f"Stake at risk and {name}, round by round", footer, [1.0], titled=titled) as (
        drawing,
        (panel,),
    ):
        each = found.over_rounds
        told = "No round can be told"
        if each is not None and each.rounds.size:
            bars(panel, each.rounds, each.spearman, CURRENT, 0.9)
            if not math.isnan(each.low):
                panel.axhspan(each.low, each.high, color=PROPOSED, alpha=0.45, linewidth=0)
            panel.axhline(each.mean, color=PROPOSED, linewidth=4)
            told = f"The rank correlation of each round, {plus_minus(each.mean, 3)} on average"
        panel.axhline(0, color=FAINT, linewidth=2)
        panel.set_ylabel("Rank correlation")
        return Picture(by_round(drawing, [panel]), _alt(found, told))


def picture_of_density(found: StakeInfluence, titled: bool = True) -> Picture:
    """Accounts per factor of ten of stake, below and above the line; single ticks where there are few."""
    title = f"Where the stakes lie, below and above {amount(found.threshold, 'NMR')}"
    with figure(title, _footer(found), [1.0], titled=titled) as (drawing, (panel,)):
        low, high = _stake_axis(panel, found.stake, float(found.stake.max()))
        sides = (
            (found.stake <= found.threshold, found.density_below, CURRENT),
            (found.stake > found.threshold, found.density_above, PROPOSED),
        )
        for side, density, colour in sides:
            if np.isnan(density).all():
                stakes = found.stake[side]
                ticks = np.full(stakes.size, 0.06)  # of the height of the panel
                panel.plot(
                    stakes,
                    ticks,
                    "|",
                    color=colour,
                    markersize=44,
                    markeredgewidth=4,
                    transform=panel.get_xaxis_transform(),
                )
            else:
                panel.fill_between(found.density_at, density, color=colour, alpha=0.55, linewidth=0)
        _threshold(panel, found, low, high)
        panel.set_ylim(0, None)
        panel.locator_params(axis="y", nbins=4)
        panel.yaxis.set_major_formatter(thousands)
        panel.set_ylabel(f"{found.unit.title()}s per factor of 10")
        told = f"{found.across.n_above} lie above {amount(found.threshold, 'NMR')}"
        return Picture(to_png(drawing), _alt(found, told))


def _shown(found: StakeInfluence) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Stake and score of the points that are drawn."""
    order = np.argsort(-found.stake, kind="stable")
    if order.size > DOTS:
        rest = np.linspace(DOTS // 4, order.size - 1, DOTS - DOTS // 4).astype(np.intp)
        order = order[np.concatenate((np.arange(DOTS // 4), rest))]
    return found.stake[order], found.value[order]


def _dots(panel: "Axes", stake: NDArray[np.float64], height: NDArray[np.float64]) -> None:
    panel.plot(stake, height, "o", color=CURRENT, markersize=9, alpha=0.65, markeredgewidth=0)


def _sizes(panel: "Axes", stake: NDArray[np.float64], size: NDArray[np.float64]) -> None:
    """Dots on a logarithmic axis, as far down as nearly all of them lie."""
    seen = size > 0
    if not seen.any():
        return
    panel.set_yscale("log")
    _dots(panel, stake[seen], size[seen])
    panel.set_ylim(float(np.quantile(size[seen], 0.01)) / 3, 3 * float(size.max()))


def _stake_axis(panel: "Axes", stake: NDArray[np.float64], most: float) -> tuple[float, float]:
    """A logarithmic axis of stakes up to `most`, and its ends."""
    high = 1.6 * most
    low = min(max(DUST, float(stake.min()) / 1.6), high / 10)
    panel.set_xscale("log")
    panel.set_xlim(low, high)
    panel.xaxis.set_major_formatter(thousands)
    panel.set_xlabel("Stake, NMR")
    return low, high


def _threshold(panel: "Axes", found: StakeInfluence, low: float, high: float) -> None:
    if not low < found.threshold < high:
        return
    panel.axvline(found.threshold, color=LOSS, linewidth=3, linestyle=":")
    late = found.threshold**2 > low * high  # in the right half: the words go to the left
    panel.text(
        found.threshold,
        0.98,
        f" {number(found.threshold)} NMR ",
        ha="right" if late else "left",
        transform=panel.get_xaxis_transform(),
        color=INK,
        fontsize=SMALL,
        va="top",
    )


def _room(panel: "Axes", inside: NDArray[np.float64]) -> None:
    if inside.size and np.ptp(inside) > 0:
        room = 0.1 * np.ptp(inside)
        panel.set_ylim(min(inside.min(), 0) - room, max(inside.max(), 0) + room)


def _footer(found: StakeInfluence, rounds: str | None = None) -> str:
    """What is drawn, and of which rounds: those of the points unless told."""
    day = f"stakes of {found.day}" if found.by == "today" else "stake at risk"
    return f"{found.source} · {score_name(found.score)} of {rounds or found.drawn} · {day}"


def _alt(found: StakeInfluence, told: str) -> str:
    return f"{told}. {found.across.n_above} lie above {amount(found.threshold, 'NMR')}. {found.finding}"[
        :1024
    ]
