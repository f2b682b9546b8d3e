"""The picture of pay ahead: a fan of where the stake may stand, and the end of it under each rule."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

from typing import TYPE_CHECKING

import numpy as np

from features.ahead.pay import AheadLine, PayAhead, share_told
from ui.drawing import CURRENT, FAINT, INK, LINES, PROPOSED, Picture, as_percent, figure, tiles, to_png
from wording.numbers import counted, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def picture_of_pay_ahead(found: PayAhead, titled: bool = True) -> Picture:
    """The fan of the first rule, and below it the end under every rule where there are several."""
    title = found.finding.replace(" %", "\N{NO-BREAK SPACE}%")
    footer = f"{found.source}, until {found.until} · nine of ten ways in the band, half above the line"
    if len(found.lines) == 1:
        with figure(title, footer, [1.0], titled=titled) as (drawing, [panel]):
            _fan(panel, found)
            return Picture(to_png(drawing), _alt(found))
    heights = [2.0, 0.35 + 0.33 * len(found.lines)]
    with tiles(title, footer, [["fan"], ["ends"]], widths=[1.0], heights=heights, titled=titled) as (
        drawing,
        panels,
    ):
        _fan(panels["fan"], found)
        _ends(panels["ends"], found)
        return Picture(to_png(drawing), _alt(found))


def _fan(panel: "Axes", found: PayAhead) -> None:
    line = found.lines[0]
    weeks = np.arange(found.rounds + 1) / found.weekly
    for outlook, colour, alpha in ((line.ahead.wide, PROPOSED, 0.3), (line.ahead.alone, CURRENT, 0.35)):
        low, _, high = outlook.path - 1
        panel.fill_between(weeks, low, high, color=colour, alpha=alpha, linewidth=0)
    panel.plot(weeks, line.ahead.wide.path[1] - 1, color=PROPOSED, linewidth=3.5)
    panel.axhline(0, color=FAINT, linewidth=1.5)
    panel.yaxis.set_major_formatter(as_percent)
    panel.locator_params(axis="y", nbins=5)
    panel.set_ylabel("Of the stake")
    panel.set_xlabel("Weeks ahead")
    panel.margins(x=0)
    panel.text(
        0.02, 0.95, shortened(line.told.short), color=PROPOSED, fontweight="bold", transform=panel.transAxes,
        va="top",
    )  # fmt: skip
    panel.text(0.02, 0.8, "if the past mean were certain", color=CURRENT, transform=panel.transAxes, va="top")


def _ends(panel: "Axes", found: PayAhead) -> None:
    for at, (line, (colour, _)) in enumerate(zip(found.lines, LINES, strict=False)):
        wide = line.ahead.wide
        panel.plot([wide.low, wide.high], [at, at], color=colour, linewidth=9, solid_capstyle="butt")
        panel.plot([wide.median], [at], "|", color=INK, markersize=22, markeredgewidth=4)
    panel.axvline(0, color=FAINT, linewidth=1.5)
    panel.set_yticks(range(len(found.lines)), [_short(line) for line in found.lines])
    panel.set_ylim(len(found.lines) - 0.4, -0.6)
    panel.xaxis.set_major_formatter(as_percent)
    panel.locator_params(axis="x", nbins=5)
    panel.grid(visible=False, axis="y")


def _short(line: AheadLine) -> str:
    """ "1C + 3T" would be shorter than can be read back: "1xCORR + 3xTC" without its blanks."""
    return shortened(line.told.short.replace(" ", ""), 16)


def _alt(found: PayAhead) -> str:
    ends = "; ".join(
        f"{line.told.short} from {share_told(line.ahead.wide.low)} to {share_told(line.ahead.wide.high)}, "
        f"middle {share_told(line.ahead.wide.median)}"
        for line in found.lines
    )
    rounds = counted(found.rounds, "round")
    return f"A fan that widens over {rounds}, and bars of where the stake ends: {ends}."[:1024]
