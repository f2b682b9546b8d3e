"""The picture of a track record among all: where its lead is, and where it is likely to be."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

import numpy as np

from features.lab.record.show import TrackRecord
from ui.drawing import CURRENT, FAINT, INK, PROPOSED, Picture, bars, figure, thousands, to_png
from wording.numbers import counted, number

BINS = 40


def picture_of_record(found: TrackRecord, titled: bool = True) -> Picture:
    """How many models have which lead over everybody's mean, with the record and its likely lead."""
    footer = f"{found.source}, {found.shown}, {found.span}"
    ends = (found.likely_low, found.likely_high, found.lead, 0.0)
    low, high = np.quantile(found.others, [0.005, 0.995])
    low, high = min(low, *ends), max(high, *ends)
    room = 0.04 * (high - low)
    with figure(found.finding.removesuffix("."), footer, [1.0], titled=titled) as (drawing, [panel]):
        counts, edges = np.histogram(found.others, bins=BINS, range=(low - room, high + room))
        width = float(edges[1] - edges[0])
        bars(panel, edges[:-1] + width / 2, counts.astype(np.float64), CURRENT, 0.9 * width)
        top = 1.5 * max(1, int(counts.max()))
        panel.axvline(0, color=FAINT, linewidth=2, linestyle="--")
        panel.axvspan(found.likely_low, found.likely_high, color=PROPOSED, alpha=0.3, linewidth=0)
        panel.plot([found.lead] * 2, [0, 0.74 * top], color=INK, linewidth=4)
        side = "left" if found.lead < (low + high) / 2 else "right"
        gap = 0.01 * (high - low) * (1 if side == "left" else -1)
        panel.text(found.lead + gap, 0.74 * top, "as it was", color=INK, ha=side, va="top")
        panel.text(
            (found.likely_low + found.likely_high) / 2,
            0.97 * top,
            "likely",
            color=PROPOSED,
            ha="center",
            va="top",
        )
        panel.set_xlim(low - room, high + room)
        panel.set_ylim(0, top)
        panel.locator_params(axis="x", nbins=5)
        panel.locator_params(axis="y", nbins=4, integer=True)
        panel.xaxis.set_major_formatter(thousands)
        panel.set(xlabel=f"{found.shown} beyond everybody's mean, a round", ylabel="Models")
        panel.grid(visible=False, axis="x")
        png = to_png(drawing)
    return Picture(
        png,
        f"Bars of how many of {counted(found.others.size, 'model')} have which {found.shown} beyond "
        f"everybody's mean. This record has {number(found.lead)}; likely is {number(found.likely)}, shaded "
        f"from {number(found.likely_low)} to {number(found.likely_high)}.",
    )
