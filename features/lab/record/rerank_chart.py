"""The picture of where the best by one score stand by another, and by the same one in other rounds."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

import numpy as np

from features.lab.record.rerank import Reranked
from ui.drawing import CURRENT, FAINT, PROPOSED, Picture, bars, figure, to_png

WIDTH = 0.4


def picture_of_reranking(found: Reranked, titled: bool = True) -> Picture:
    """How many of the best are in each tenth by the other score, and by the same score in other rounds."""
    first, second = found.names
    footer = f"{found.source}, {found.window.span}"
    with figure(found.finding.removesuffix("."), footer, [1.0], titled=titled) as (drawing, [panel]):
        at = np.arange(1, 11)
        series = (
            (found.tenths, PROPOSED, f"by {second}", -1),
            (found.itself_tenths, CURRENT, f"by {first} itself, other rounds", 1),
        )
        for counts, colour, label, side in series:
            bars(panel, at + side * WIDTH / 2, counts.astype(np.float64), colour, WIDTH)
            panel.plot([], [], "s", color=colour, markersize=16, label=label)
        panel.plot(
            [0.4, 10.6],
            [found.tenths.sum() / 10] * 2,
            color=FAINT,
            linewidth=3,
            linestyle="--",
            label="luck alone",
        )
        panel.axvline(5.5, 0, 0.62, color=FAINT, linewidth=2)
        panel.set_xticks(at, ["best", *map(str, range(2, 10)), "worst"])
        panel.set_xlim(0.4, 10.6)
        panel.set_ylim(0, 1.45 * max(1, int(found.tenths.max()), int(found.itself_tenths.max())))
        panel.locator_params(axis="y", nbins=5, integer=True)
        panel.set(xlabel="Tenth of all models", ylabel=f"Best by {first}")
        panel.grid(visible=False, axis="x")
        panel.legend(loc="upper right", frameon=False)
        png = to_png(drawing)
    told = "; ".join(f"{label} {', '.join(map(str, counts.tolist()))}" for counts, _, label, _ in series)
    return Picture(
        png, f"Bars of how many of the best by {first} are in each tenth, best to worst: {told}."[:1024]
    )
