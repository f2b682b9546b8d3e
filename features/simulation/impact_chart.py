"""The picture of a proposal: who gains and loses by stake and what softening costs, or who weighs what."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from features.simulation.pay_result import PayImpact, PayWindow
from features.simulation.proposal_impact import ProposalImpact
from features.simulation.weights import WeightImpact
from ui.drawing import CURRENT, FAINT, GAIN, LOSS, PROPOSED, Picture, as_percent, thousands, tiles, to_png
from wording.numbers import counted, number, percent, signed, whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST = 1e-6  # weight of a group that is still told apart from less


def picture_of_impact(impact: ProposalImpact) -> Picture:
    """What a proposal does by stake. Raises ValueError for one that could not be simulated."""
    if impact.pay is not None:
        return _of_pay(impact, impact.pay)
    if impact.weights is not None:
        return _of_weights(impact, impact.weights)
    raise ValueError(impact.reason_not)


def _of_pay(impact: ProposalImpact, pay: PayImpact) -> Picture:
    columns = [f"{place}" for place in range(len(pay.windows))]
    softened = pay.terms.soften
    layout = [columns, [f"cost {column}" for column in columns]] if softened else [columns]
    whose = f"{'guessed ' if pay.guessed else ''}{pay.unit}s grouped by stake at risk"
    footer = f"{impact.source} · {whose} · nobody changes behaviour"
    with tiles(
        pay.headline, footer, layout, widths=[1.0] * len(columns), heights=[1.7, 1] if softened else [1]
    ) as (drawing, panels):
        for panel in panels.values():
            panel.tick_params(labelsize=18)
            panel.yaxis.set_major_formatter(thousands)
        for column, window in zip(columns, pay.windows, strict=True):
            _deciles(panels[column], window)
            if softened:
                _costs(panels[f"cost {column}"], window)
        _same_scale([panels[column] for column in columns])
        panels["0"].set_ylabel("Points of stake\na round")
        if softened:
            followed = [
                panels[f"cost {column}"]
                for column, window in zip(columns, pay.windows, strict=True)
                if window.rolling.starts.size
            ]
            _same_scale(followed)
            panels["cost 0"].set_ylabel("NMR to\nmembers", fontsize=18)
        drawing.subplots_adjust(
            left=0.155, top=0.77, bottom=0.175 if softened else 0.14, hspace=0.85, wspace=0.26
        )
        return Picture(to_png(drawing), _pay_alt(pay))


def _deciles(panel: "Axes", window: PayWindow) -> None:
    """Difference a round in points of stake of each group by stake, gains up and losses down."""
    deciles = window.result.deciles
    height = 100 * deciles.difference / window.decile_at_risk
    panel.bar(deciles.decile, height, width=0.8, color=_gain_or_loss(height))
    panel.axhline(0, color=FAINT, linewidth=1.5)
    panel.set_title(window.span.capitalize(), fontsize=20)
    panel.set_xlabel("Smallest to largest stakes", fontsize=18)
    panel.set_xticks([])
    panel.grid(visible=False, axis="x")
    panel.locator_params(axis="y", nbins=5)


def _costs(panel: "Axes", window: PayWindow) -> None:
    """What softening the change costs the payer, by the round in which it is announced."""
    rolling = window.rolling
    if not rolling.starts.size:
        panel.set_title("Too few rounds to soften in", fontsize=19)
        panel.set_xticks([])
        panel.set_yticks([])
        return
    panel.axhline(0, color=FAINT, linewidth=1.5)
    panel.set_xlabel("Announced in round", fontsize=18)
    # what the payer pays more, members get
    cost = rolling.together
    panel.bar(window.rounds[rolling.starts], cost, width=0.8, color=_gain_or_loss(cost))
    panel.set_title(f"Softening: median {signed(float(np.median(cost)), 'NMR')}", fontsize=19)
    panel.locator_params(axis="y", nbins=3)
    panel.locator_params(axis="x", nbins=5, integer=True)


def _same_scale(panels: list["Axes"]) -> None:
    """One scale for panels side by side: a bar of the same height is the same amount."""
    if not panels:
        return
    ends = np.array([panel.get_ylim() for panel in panels])
    for panel in panels:
        panel.set_ylim(ends[:, 0].min(), ends[:, 1].max())


def _gain_or_loss(values: NDArray[np.float64]) -> list[str]:
    return [GAIN if value > 0 else LOSS for value in values]


def _of_weights(impact: ProposalImpact, found: WeightImpact) -> Picture:
    footer = f"{impact.source} · {found.who} grouped by stake · stakes of {impact.until}"
    with tiles(found.headline, footer, [["deciles", "held"]], widths=[1, 1], heights=[1]) as (
        drawing,
        panels,
    ):
        deciles, held = panels["deciles"], panels["held"]
        for weight, colour, label in (
            (found.decile_before, CURRENT, "before"),
            (found.decile_after, PROPOSED, "after"),
        ):
            deciles.plot(
                found.deciles, np.maximum(weight, LEAST), "o", color=colour, markersize=15, label=label
            )
        ends = np.maximum((found.decile_before, found.decile_after), LEAST)
        deciles.vlines(found.deciles, *ends, color=FAINT, linewidth=3, zorder=1)
        deciles.set_yscale("log")
        deciles.set_ylim(0.5 * float(ends.min()), 2)
        deciles.yaxis.set_major_formatter(as_percent)
        deciles.minorticks_off()
        deciles.set_xticks([])
        deciles.set(xlabel="Smallest to largest stakes", ylabel="Share of the weight")
        for weight, colour, dash in ((found.before, CURRENT, "--"), (found.after, PROPOSED, "-")):
            share = np.cumsum(np.sort(weight)[::-1])
            held.plot(np.arange(1, share.size + 1), share, color=colour, linestyle=dash, linewidth=3.6)
            half = int(np.searchsorted(share, 0.5, side="right"))
            held.plot(half + 1, share[min(half, share.size - 1)], "o", color=colour, markersize=12)
        held.axhline(0.5, color=FAINT, linewidth=1.5)
        held.set_xscale("log")
        held.xaxis.set_major_formatter(thousands)
        held.yaxis.set_major_formatter(as_percent)
        held.set(ylim=(0, 1.02), xlabel="Accounts that weigh most")
        deciles.legend(loc="lower right", frameon=False, labelcolor="linecolor")
        drawing.subplots_adjust(left=0.15, wspace=0.3, top=0.8)
        return Picture(to_png(drawing), _weight_alt(found))


def _pay_alt(pay: PayImpact) -> str:
    told = ["Bars of the difference a round in points of stake, from the smallest to the largest stakes."]
    for window in pay.windows:
        groups = window.result.deciles.difference
        told.append(
            f"{window.span.capitalize()}: {np.count_nonzero(groups > 0)} of "
            f"{counted(groups.size, 'group')} got more, "
            f"{np.count_nonzero(groups < 0)} less."
        )
        if pay.terms.soften and window.rolling.starts.size:
            cost = float(np.median(window.rolling.together))
            told.append(f"Softening costs {signed(cost, 'NMR')}, the median of its starts.")
    return " ".join([*told, pay.finding])[:1024]


def _weight_alt(found: WeightImpact) -> str:
    before, after = found.spread.effective
    largest = found.decile_before[-1], found.decile_after[-1]
    return (
        f"Left, the weight of groups by stake before and after: the largest stakes have "
        f"{percent(largest[0])}, then {percent(largest[1])}. Right, the share of those who weigh most. "
        f"{found.finding} Effective number {whole(before)}, then {whole(after)}; the largest account weighs "
        f"{number(100 * found.spread.largest[0])} %, then {number(100 * found.largest_after)} %."
    )[:1024]
