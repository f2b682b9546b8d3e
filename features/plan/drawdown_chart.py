"""The picture of a fall: what a record adds up to, its best so far, and the deepest fall between."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

import numpy as np

from features.plan.drawdown import UnusualFall
from ui.drawing import CURRENT, FAINT, LOSS, Picture, by_round, figure, from_zero
from wording.numbers import counted, shortened


def picture_of_fall(found: UnusualFall, titled: bool = True) -> Picture:
    """The record so far, with the deepest fall marked from its peak to its bottom."""
    x, level = from_zero(found.numbers, found.measure.times * np.cumsum(found.values))
    best = np.maximum.accumulate(level)
    title = f"{shortened(found.whose)}: a fall of {found.depth} is {found.verdict}"
    with figure(title, f"{found.source} · until {found.until}", [1.0], titled=titled) as (drawing, [panel]):
        panel.fill_between(x, level, best, color=LOSS, alpha=0.35, linewidth=0)
        panel.plot(x, best, color=FAINT, linewidth=1.5, linestyle="--")
        panel.plot(x, level, color=CURRENT, linewidth=3.2)
        falling = slice(found.fall.peak, found.fall.trough + 1)
        panel.plot(x[falling], level[falling], color=LOSS, linewidth=4.5)
        panel.set_ylabel("Pay so far, %" if found.measure.typed == "pay" else f"{found.measure.words} so far")
        png = by_round(drawing, [panel])
    told = f"A line of what {counted(found.numbers.size, 'round')} of {found.whose} add up to"
    fell = f"The deepest fall is {found.depth}, in {found.when}." if found.fall.depth else "It never fell."
    return Picture(png, f"{told}, and its best so far. {fell}"[:1024])
