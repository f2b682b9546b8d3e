"""The pictures of the lab: schemes side by side, and what splitting gains by the number of parts."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

import numpy as np

from features.lab.schemes import SchemesCompared
from features.lab.splitting import SplitTest
from ui.drawing import CURRENT, FAINT, PROPOSED, Picture, figure, thousands, to_png
from wording.numbers import number, whole


def picture_of_schemes(found: SchemesCompared, titled: bool = True) -> Picture:
    """How many hold half of the weight under each scheme, and today."""
    applied = found.of_everybody
    names = ["today", *(typed for typed, _ in applied)]
    half = [applied[0][1].spread.half[0], *(each.spread.half[1] for _, each in applied)]
    with figure(found.finding.removesuffix("."), f"{found.source}, {found.day}", [1.0], titled=titled) as (
        drawing,
        [panel],
    ):
        drawn = panel.barh(names, half, color=[CURRENT, *[PROPOSED] * len(applied)], height=0.7)
        panel.bar_label(drawn, [f" {whole(value)}" for value in half])
        panel.set_xscale("log")
        panel.set_xlim(max(0.5, 0.5 * min(half)), 4 * max(half))
        panel.xaxis.set_major_formatter(thousands)
        panel.minorticks_off()
        panel.invert_yaxis()
        panel.set_xlabel("Accounts that hold half")
        panel.grid(visible=False, axis="y")
        png = to_png(drawing)
    told = ", ".join(f"{name} {whole(value)}" for name, value in zip(names, half, strict=True))
    return Picture(png, f"Bars of how many accounts hold half of the weight: {told}."[:1024])


def picture_of_splitting(found: SplitTest, titled: bool = True) -> Picture:
    """Weight of the parts over the weight of the whole, by the number of parts."""
    with figure(found.finding.removesuffix("."), f"{found.source}, {found.day}", [1.0], titled=titled) as (
        drawing,
        [panel],
    ):
        panel.axhline(1, color=FAINT, linewidth=2, linestyle="--")
        panel.plot(found.parts, found.gains, "o-", color=PROPOSED, linewidth=4, markersize=12)
        panel.set(xlabel="Parts", ylabel="Times the weight")
        panel.set_ylim(0, 1.15 * max(1.0, float(np.nanmax(found.gains))))
        png = to_png(drawing)
    told = ", ".join(f"{parts} {number(gain)}" for parts, gain in zip(found.parts, found.gains, strict=True))
    return Picture(png, f"A line of how many times the weight the parts have together: {told}."[:1024])
