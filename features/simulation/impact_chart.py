"""The pictures of a proposal: who gains by stake, what softening costs, who weighs what, a member's pay."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from features.simulation.pay_result import PayImpact, PayWindow
from features.simulation.proposal_impact import MemberWeight
from features.simulation.weights import WeightImpact
from ui.drawing import (
    CURRENT,
    FAINT,
    GAIN,
    LOSS,
    PROPOSED,
    Picture,
    as_percent,
    bars,
    by_round,
    figure,
    thousands,
    to_png,
)
from wording.numbers import brief, counted, number, percent, signed, whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST = 1e-6  # weight of a group that is still told apart from less
NOBODY_ELSE = "nobody changes what they submit"


def picture_of_pay(pay: PayImpact, window: PayWindow, titled: bool = True) -> Picture:
    """The difference a round in points of stake of each group by stake, gains up and losses down."""
    deciles = window.result.deciles
    height = 100 * deciles.difference / window.decile_at_risk
    whose = f"{'guessed ' if pay.guessed else ''}{pay.unit}s by stake"
    with figure(
        f"{pay.new.short}: {window.more} over {window.span}", f"{whose} · {NOBODY_ELSE}", [1.0], titled=titled
    ) as (drawing, [panel]):
        panel.bar(deciles.decile, height, width=0.8, color=_gain_or_loss(height))
        panel.axhline(0, color=FAINT, linewidth=1.5)
        panel.set_ylabel("Points of stake a round")
        panel.yaxis.set_major_formatter(thousands)
        panel.locator_params(axis="y", nbins=5)
        _from_small_to_large(panel, deciles.decile)
        return Picture(to_png(drawing), _pay_alt(pay, window))


def picture_of_softening(window: PayWindow, titled: bool = True) -> Picture:
    """What softening the change costs the payer, by the round in which it is announced.

    Raises ValueError for a window that is too short to follow it.
    """
    rolling = window.rolling
    if not rolling.starts.size:
        raise ValueError("Too few rounds to soften in.")
    cost = rolling.together  # what the payer pays more, members get
    median = signed(float(np.median(cost)), "NMR")
    with figure(f"Softening it costs {median}", f"{window.span}, by start", [1.0], titled=titled) as (
        drawing,
        [panel],
    ):
        panel.axhline(0, color=FAINT, linewidth=1.5)
        bars(panel, window.rounds[rolling.starts], cost, _gain_or_loss(cost), 0.8)
        panel.set_ylabel("NMR more to members")
        png = by_round(drawing, [panel])
    starts = counted(rolling.starts.size, "start")
    return Picture(
        png, f"Bars of what softening costs by the round it begins in: {median}, median of {starts}."
    )


def picture_of_weights(found: WeightImpact, titled: bool = True) -> Picture:
    """The weight of groups by stake, before and after, on a logarithmic scale."""
    with figure(found.headline, f"{found.who} by stake", [1.0], titled=titled) as (drawing, [panel]):
        for weight, colour, label in (
            (found.decile_before, CURRENT, "now"),
            (found.decile_after, PROPOSED, "then"),
        ):
            panel.plot(
                found.deciles, np.maximum(weight, LEAST), "o", color=colour, markersize=17, label=label
            )
        ends = np.maximum((found.decile_before, found.decile_after), LEAST)
        panel.vlines(found.deciles, *ends, color=FAINT, linewidth=3, zorder=1)
        panel.set_yscale("log")
        panel.set_ylim(0.5 * float(ends.min()), 2)
        panel.yaxis.set_major_formatter(as_percent)
        panel.minorticks_off()
        panel.set_ylabel("Share of the weight")
        _from_small_to_large(panel, found.deciles)
        panel.legend(loc="upper left", frameon=False, labelcolor="linecolor")
        png = to_png(drawing)
    now, then = found.decile_before[-1], found.decile_after[-1]
    return Picture(
        png,
        f"Dots of the weight of groups by stake, now and then: the largest stakes have {percent(now)}, "
        f"then {percent(then)}. {found.finding}"[:1024],
    )


def picture_of_holders(found: WeightImpact, titled: bool = True) -> Picture:
    """The share of all weight that those hold who weigh most, before and after."""
    with figure(found.headline, found.who, [1.0], titled=titled) as (drawing, [panel]):
        for weight, colour, dash, label in (
            (found.before, CURRENT, "--", "now"),
            (found.after, PROPOSED, "-", "then"),
        ):
            share = np.cumsum(np.sort(weight)[::-1])
            many = np.arange(1, share.size + 1)
            panel.plot(many, share, color=colour, linestyle=dash, linewidth=4, label=label)
            half = int(np.searchsorted(share, 0.5, side="right"))
            panel.plot(half + 1, share[min(half, share.size - 1)], "o", color=colour, markersize=14)
        panel.axhline(0.5, color=FAINT, linewidth=1.5)
        panel.set_xscale("log")
        panel.xaxis.set_major_formatter(thousands)
        panel.yaxis.set_major_formatter(as_percent)
        panel.set(ylim=(0, 1.02), xlabel="Accounts that weigh most", ylabel="Share of the weight")
        panel.legend(loc="lower right", frameon=False, labelcolor="linecolor")
        png = to_png(drawing)
    before, after = found.spread.effective
    return Picture(
        png,
        f"Lines of the share of those who weigh most. {found.finding} Effective number {whole(before)}, then "
        f"{whole(after)}; the largest account weighs {number(100 * found.spread.largest[0])} %, then "
        f"{number(100 * found.largest_after)} %."[:1024],
    )


def picture_of_member(window: PayWindow, titled: bool = True) -> Picture:
    """What a member would have been paid more or less so far, round by round."""
    so_far = np.cumsum(window.by_round)
    with figure(f"{window.more} over {window.span}", NOBODY_ELSE, [1.0], titled=titled) as (drawing, [panel]):
        panel.axhline(0, color=FAINT, linewidth=1.5)
        for side, colour in ((so_far > 0, GAIN), (so_far < 0, LOSS)):
            panel.fill_between(
                window.present, so_far, 0, where=list(side), color=colour, alpha=0.35, interpolate=True
            )
        panel.plot(
            window.present, so_far, color=GAIN if so_far[-1] > 0 else LOSS, linewidth=4,
            marker="o" if so_far.size == 1 else None, markersize=14,
        )  # fmt: skip
        panel.set_ylabel("NMR gained so far")
        png = by_round(drawing, [panel])
    low, high = float(so_far.min()), float(so_far.max())
    return Picture(
        png,
        f"A line of what was gained so far, round by round: {window.more} in the end, "
        f"{signed(low, 'NMR')} at the least and {signed(high, 'NMR')} at the most.",
    )


def picture_of_member_weight(weight: MemberWeight, titled: bool = True) -> Picture:
    """A member's weight before and after, as two bars."""
    shares = [100 * weight.before, 100 * weight.after]
    with figure("Weight in the meta model", NOBODY_ELSE, [1.0], titled=titled) as (drawing, [panel]):
        bars = panel.barh(["now", "then"], shares, color=[CURRENT, PROPOSED], height=0.6)
        panel.bar_label(bars, [f" {brief(share)} %" for share in shares])
        panel.set_xlim(0, 1.25 * max(shares) or 1)
        panel.invert_yaxis()
        panel.set_xlabel("Percent of all weight")
        panel.locator_params(axis="x", nbins=4)
        panel.grid(visible=False, axis="y")
        png = to_png(drawing)
    return Picture(png, f"Two bars: {brief(shares[0])} % of all weight now, {brief(shares[1])} % then.")


def _from_small_to_large(panel: "Axes", groups: NDArray[np.intp]) -> None:
    """Say at the first and last group which they are."""
    panel.set_xticks([int(groups[0]), int(groups[-1])] if groups.size > 1 else [int(groups[0])])
    panel.set_xticklabels(["smallest\nstakes", "largest\nstakes"] if groups.size > 1 else ["everyone"])
    panel.tick_params(axis="x", length=0)
    panel.grid(visible=False, axis="x")


def _gain_or_loss(values: NDArray[np.float64]) -> list[str]:
    return [GAIN if value > 0 else LOSS for value in values]


def _pay_alt(pay: PayImpact, window: PayWindow) -> str:
    groups = window.result.deciles.difference
    return (
        "Bars of the difference a round in points of stake, from the smallest to the largest stakes. "
        f"{window.span.capitalize()}: {np.count_nonzero(groups > 0)} of {counted(groups.size, 'group')} got "
        f"more, {np.count_nonzero(groups < 0)} less. {pay.finding}"
    )[:1024]
