"""The picture of stake that leaves: who holds the rest, and what selling it could do to the price."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from features.stakes.unstaking import UnstakeScenario
from ui.drawing import CURRENT, FAINT, LOSS, PROPOSED, Picture, as_percent, thousands, tiles, to_png
from wording.numbers import percent, whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def picture_of_unstaking(scenario: UnstakeScenario) -> Picture:
    """Share held by the k largest before and after on the left, the price scenarios on the right."""
    footer = f"{scenario.holders.source} · stakes of {scenario.holders.day}"
    if scenario.prices.extrapolated.any():
        footer += " · hollow: more than was ever seen"
    with tiles(
        scenario.finding.removesuffix("."), footer, [["held", "price"]], widths=[1.15, 1], heights=[1]
    ) as (
        drawing,
        panels,
    ):
        held, price = panels["held"], panels["price"]
        _held(held, scenario.before, "before", CURRENT, "--")
        _held(held, scenario.after, "after", PROPOSED, "-")
        held.axhline(0.5, color=FAINT, linewidth=1.5)
        held.set_xscale("log")
        held.xaxis.set_major_formatter(thousands)
        held.xaxis.set_minor_formatter("")
        held.yaxis.set_major_formatter(as_percent)
        held.set(
            ylim=(0, 1.02), xlabel=f"Largest {scenario.holders.unit}s", ylabel="Share of stake they hold"
        )
        held.legend(loc="lower right", frameon=False, labelcolor="linecolor")
        table = scenario.prices
        for row, (strength, colour) in enumerate(
            zip(table.strengths, (CURRENT, PROPOSED, LOSS), strict=True)
        ):
            price.plot(table.sell_shares, table.change[row], color=colour, linewidth=3.2)
            backed = ~table.extrapolated
            price.plot(table.sell_shares[backed], table.change[row][backed], "o", color=colour, markersize=11)
            price.plot(
                table.sell_shares[~backed],
                table.change[row][~backed],
                "o",
                markerfacecolor="none",
                markeredgecolor=colour,
                markeredgewidth=2.5,
                markersize=11,
            )
            price.annotate(
                f"x{strength:g}",
                (table.sell_shares[-1], table.change[row][-1]),
                xytext=(10, 0),
                textcoords="offset points",
                color=colour,
                va="center",
                fontsize=18,
            )
        price.set_xlim(0.15, 1.2)
        price.set_ylim(None, 0)
        price.set_xticks(table.sell_shares)
        price.xaxis.set_major_formatter(as_percent)
        price.yaxis.set_major_formatter(as_percent)
        price.locator_params(axis="y", nbins=5)
        price.set_title("Price change, scenarios", fontsize=20)
        price.set_xlabel("Of it sold in a day")
        drawing.subplots_adjust(wspace=0.36, top=0.78)
        return Picture(to_png(drawing), _alt(scenario))


def _held(panel: "Axes", stake: NDArray[np.float64], label: str, colour: str, dash: str) -> None:
    if not stake.size:
        return
    share = np.cumsum(stake) / stake.sum()
    k = np.unique(np.geomspace(1, stake.size, 300).astype(np.intp))
    panel.plot(k, share[k - 1], color=colour, linestyle=dash, linewidth=3.6, label=label)
    half = int(np.searchsorted(share, 0.5, side="right"))
    panel.plot(half + 1, share[min(half, share.size - 1)], "o", color=colour, markersize=11)


def _alt(scenario: UnstakeScenario) -> str:
    before, after = scenario.result.before, scenario.result.after
    worst = abs(float(scenario.prices.change.min()))
    price = (
        "no price is known"
        if math.isnan(worst)
        else f"the price in nine scenarios, {percent(worst)} lower at most"
    )
    return (
        f"Left, the share of stake that the largest {scenario.holders.unit}s hold, before and after: "
        f"{whole(before.half)} held half, then {whole(after.half)}. Right, {price}. {scenario.finding}"
    )[:1024]
