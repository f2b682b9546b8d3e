"""The picture of open rounds: where each stands, and where rounds that stood alike have ended."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

import math

from features.ahead.pending import SHOWN, OpenRounds
from ui.drawing import CURRENT, FAINT, PROPOSED, Picture, figure, to_png
from wording.numbers import plus_minus


def picture_of_standing(found: OpenRounds, titled: bool = True) -> Picture:
    """A dot for what a round pays by now, a bar for nine of ten ends."""
    shown = found.rounds[-SHOWN:]
    with figure(found.finding, found.source, [1.0], titled=titled) as (drawing, [panel]):
        for place, each in enumerate(shown):
            if not math.isnan(each.low):
                panel.plot(
                    [100 * each.low, 100 * each.high], [place, place],
                    color=PROPOSED, linewidth=12, solid_capstyle="butt",
                )  # fmt: skip
            panel.plot(100 * each.now, place, "o", color=CURRENT, markersize=14)
        panel.axvline(0, color=FAINT, linewidth=2)
        panel.set_yticks(range(len(shown)), [f"{each.number}, day {each.day}" for each in shown])
        panel.set_ylim(-0.7, len(shown) - 0.3)
        panel.set_xlabel("% of the NMR in it")
        panel.grid(visible=False, axis="y")
        png = to_png(drawing)
    told = ", ".join(f"round {each.number} {plus_minus(100 * each.now, 2)} %" for each in shown)
    return Picture(
        png, f"Open rounds with what they would pay now, and bars of where they may end: {told}."[:1024]
    )
