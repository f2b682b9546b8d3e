"""The pictures of stake that leaves: who holds the rest, and what selling it could do to the price."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from features.stakes.leaving.unstaking import UnstakeScenario
from ui.drawing import CURRENT, FAINT, LOSS, PROPOSED, Picture, as_percent, figure, thousands, to_png
from wording.numbers import percent, whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def picture_of_unstaking(scenario: UnstakeScenario, titled: bool = True) -> Picture:
    """Share of the stake that the k largest hold, before and after."""
    unit = scenario.holders.unit
    with figure(scenario.finding, _footer(scenario), [1.0], titled=titled) as (drawing, (held,)):
        before, after = scenario.result.before, scenario.result.after
        held.axhline(0.5, color=FAINT, linewidth=2)
        _held(held, scenario.before, f"now: {whole(before.half)} hold half", CURRENT, "--")
        _held(held, scenario.after, f"then: {whole(after.half)} hold half", PROPOSED, "-")
        held.set_xscale("log")
        held.xaxis.set_major_formatter(thousands)
        held.yaxis.set_major_formatter(as_percent)
        held.set(ylim=(0, 1.02), xlabel=f"So many of the largest {unit}s", ylabel="Hold of the stake")
        held.legend(loc="lower right", frameon=False, labelcolor="linecolor")
        told = (
            f"The share of stake that the largest {unit}s hold, before and after: {whole(before.half)} held "
            f"half, then {whole(after.half)}. {scenario.finding}."
        )
        return Picture(to_png(drawing), told[:1024])


def picture_of_prices(scenario: UnstakeScenario, titled: bool = True) -> Picture:
    """The price scenarios: what is sold in a day against the change, a line for each strength."""
    table = scenario.prices
    title = f"Price if what {scenario.leaving} held is sold"
    with figure(title, _footer(scenario), [1.0], titled=titled) as (drawing, (price,)):
        for row, (strength, colour) in enumerate(
            zip(table.strengths, (CURRENT, PROPOSED, LOSS), strict=True)
        ):
            price.plot(table.sell_shares, table.change[row], color=colour, linewidth=4)
            backed = ~table.extrapolated
            price.plot(table.sell_shares[backed], table.change[row][backed], "o", color=colour, markersize=14)
            price.plot(
                table.sell_shares[~backed],
                table.change[row][~backed],
                "o",
                markerfacecolor="none",
                markeredgecolor=colour,
                markeredgewidth=3,
                markersize=14,
            )
            price.annotate(
                f"x{strength:g}",
                (table.sell_shares[-1], table.change[row][-1]),
                xytext=(16, 0),
                textcoords="offset points",
                color=colour,
                va="center",
            )
        price.set_xlim(0.15, 1.15)
        if np.isfinite(table.change).all():
            lowest = min(float(table.change.min()), -0.001)
            price.set_ylim(1.1 * lowest, -0.03 * lowest)
        price.set_xticks(table.sell_shares)
        price.xaxis.set_major_formatter(as_percent)
        price.yaxis.set_major_formatter(as_percent)
        price.locator_params(axis="y", nbins=5)
        price.set(xlabel="Of it sold in a day", ylabel="Price change")
        worst = abs(float(table.change.min()))
        told = "no price is known" if math.isnan(worst) else f"{percent(worst)} lower at most"
        return Picture(to_png(drawing), f"The price in nine scenarios: {told}. {scenario.finding}."[:1024])


def _footer(scenario: UnstakeScenario) -> str:
    return f"{scenario.holders.source} · stakes of {scenario.holders.day}"


def _held(panel: "Axes", stake: NDArray[np.float64], label: str, colour: str, dash: str) -> None:
    if not stake.size:
        return
    share = np.cumsum(stake) / stake.sum()
    k = np.unique(np.geomspace(1, stake.size, 300).astype(np.intp))
    panel.plot(k, share[k - 1], color=colour, linestyle=dash, linewidth=4.5, label=label)
    half = int(np.searchsorted(share, 0.5, side="right"))
    panel.plot(half + 1, share[min(half, share.size - 1)], "o", color=colour, markersize=14)
