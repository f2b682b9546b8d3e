"""The picture of how concentration changed: the number that hold half by snapshot, and the stake at risk."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from features.stakes.history import StakeHistory
from ui.drawing import CURRENT, GAIN, PROPOSED, Picture, figure, thousands, to_png
from wording.numbers import counted, whole

Days, Values = NDArray[np.datetime64], NDArray[np.float64]

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def picture_of_stake_history(history: StakeHistory, titled: bool = True) -> Picture:
    """Measures of each snapshot above, below the total stake, or else what rounds had at risk."""
    footer = f"{history.source} · {counted(len(history.days), 'day')}"
    lower = _below(history)
    heights = [1.0] if lower is None else [1.2, 1.0]
    with figure(history.finding.removesuffix("."), footer, heights, titled=titled) as (drawing, panels):
        above = panels[0]
        days = np.array(history.days, dtype="datetime64[D]")
        lines = (
            ([each.effective_number for each in history.measures], CURRENT, "--", "effective number"),
            ([each.half for each in history.measures], PROPOSED, "-", "hold half"),
        )
        for values, colour, dash, label in sorted(lines, key=lambda line: -line[0][-1]):
            above.plot(
                days, values, "o", color=colour, linestyle=dash, linewidth=3.2, markersize=11, label=label
            )
            above.annotate(
                f"{whole(values[-1])} {label}",
                (days[-1], values[-1]),
                xytext=(-12, 14),
                textcoords="offset points",
                ha="right",
                color=colour,
            )
        above.set_ylim(0, 1.35 * max(max(line[0]) for line in lines))
        above.set_ylabel(f"{history.unit.title()}s")
        if lower is not None:
            label, times, values = lower
            below = panels[1]
            below.fill_between(times, values, color=GAIN, alpha=0.35, linewidth=0)
            below.plot(times, values, color=GAIN, linewidth=3.2)
            below.set_ylim(0, None)
            below.set_ylabel(label)
        for panel in panels:
            panel.yaxis.set_major_formatter(thousands)
            panel.locator_params(axis="y", nbins=5)
        _calendar(panels[-1])
        return Picture(to_png(drawing, aligned=True), _alt(history))


def _below(history: StakeHistory) -> tuple[str, Days, Values] | None:
    """(label, days, values) of the stake by the source's own record, else of what rounds had at risk."""
    if history.years is not None and history.years.stake.days.size > 1:
        return "NMR at stake", history.years.stake.days, history.years.stake.values
    return ("NMR at risk", history.opened, history.at_risk) if history.at_risk.size else None


def _calendar(panel: "Axes") -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=3, maxticks=7)
    panel.xaxis.set_major_locator(locator)
    panel.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def _alt(history: StakeHistory) -> str:
    last = history.measures[-1]
    return (
        f"The number of {history.unit}s that hold half of the stake and their effective number, by snapshot, "
        f"{history.days[0]} to {history.days[-1]}: {whole(last.half)} and {whole(last.effective_number)} "
        f"at the end. {history.finding}"
    )[:1024]
