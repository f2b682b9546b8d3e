"""The picture of several rules or names: a line of pay that adds up for each."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

from itertools import cycle

import numpy as np

from features.payout.several import SeveralPayouts
from ui.drawing import FAINT, LINES, Picture, by_round, figure, from_zero
from wording.numbers import brief, counted, shortened


def picture_of_several(found: SeveralPayouts, titled: bool = True) -> Picture:
    """Cumulative pay of each line, named at its end by a letter and in the legend."""
    first = found.pairs[0]
    best = " and ".join(shortened(line.label) for line in found.best)
    title = f"{best} would have paid most in {found.span}"
    footer = f"{first.source} · {counted(found.rounds.size, 'round')}, {first.first_day} to {first.last_day}"
    with figure(title, footer, [1.0], titled=titled) as (drawing, [panel]):
        for line, (colour, dash) in zip(found.lines, cycle(LINES), strict=False):
            x, y = from_zero(found.rounds, np.cumsum(line.side.by_round))
            label = f"{line.letter} {shortened(line.label)}"  # whose it is, the card says beside the letter
            panel.plot(x, y, color=colour, linestyle=dash, linewidth=3.2, label=label)
            panel.annotate(
                f" {line.letter}",
                (x[-1], y[-1]),
                color=colour,
                va="center",
                fontweight="bold",
                annotation_clip=False,
            )
        panel.axhline(0, color=FAINT, linewidth=1)
        panel.set_ylabel("NMR, added up" if found.unit == "NMR" else "% of stake, added up")
        panel.legend(loc="best", frameon=False, labelcolor="linecolor")
        return Picture(by_round(drawing, [panel]), _alt(found))


def _alt(found: SeveralPayouts) -> str:
    ends = "; ".join(f"{line.label} ends at {brief(line.side.total)} {found.unit}" for line in found.lines)
    return f"Lines of pay adding up over {found.span}: {ends}."[:1024]
