"""The picture of how long a difference takes to be seen."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

import numpy as np

from features.ahead.power import WhenSeen
from ui.drawing import CURRENT, FAINT, PROPOSED, Picture, figure, thousands, to_png
from wording.numbers import number, whole


def picture_of_power(found: WhenSeen, titled: bool = True) -> Picture:
    """Rounds needed by the size of the difference, with what there is on record."""
    footer = f"{found.source}, until {found.until} · seen 80 times in 100"
    with figure(found.finding, footer, [1.0], titled=titled) as (drawing, [panel]):
        if found.found.variance == 0:
            panel.text(0.5, 0.5, "They paid alike", ha="center", transform=panel.transAxes)
            return Picture(to_png(drawing), "They paid alike in every round.")
        middle = found.found.visible
        sizes = np.geomspace(min(middle, found.difference) / 3, max(middle, found.difference) * 3, 80)
        panel.plot(sizes, [found.found.needed(each) for each in sizes], color=PROPOSED, linewidth=4)
        panel.axhline(found.found.rounds, color=CURRENT, linewidth=3, linestyle="--")
        panel.text(
            sizes[-1], found.found.rounds, f"{found.found.rounds:,} on record", color=CURRENT, ha="right",
            va="bottom",
        )  # fmt: skip
        panel.plot([found.difference], [found.needed], "o", color=PROPOSED, markersize=16)
        panel.annotate(
            f"  {whole(found.needed)}", (found.difference, found.needed), color=PROPOSED, va="bottom",
            fontweight="bold",
        )  # fmt: skip
        panel.set_xscale("log")
        panel.set_yscale("log")
        ticks = [each for each in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50) if sizes[0] <= each <= sizes[-1]]
        panel.set_xticks(ticks, [f"{each:g} %" for each in ticks])
        panel.minorticks_off()
        panel.yaxis.set_major_formatter(thousands)
        panel.set(xlabel="Difference, of the stake a round", ylabel="Rounds needed")
        panel.tick_params(axis="both", color=FAINT)
        png = to_png(drawing)
    return Picture(
        png,
        f"A falling line of rounds needed by the size of the difference: {whole(found.needed)} for "
        f"{found.difference:g} %, {found.found.rounds:,} on record, which show "
        f"{number(found.found.visible)} %."[:1024],
    )
