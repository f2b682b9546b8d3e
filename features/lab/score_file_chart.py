"""The picture of a file's scores: what adds up over eras above, CORR of each era below."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

import numpy as np

from features.lab.score_file import CORR, FileScores
from ui.drawing import FAINT, GAIN, LINES, LOSS, Picture, bars, by_round, figure
from wording.numbers import counted


def picture_of_scores(found: FileScores, titled: bool = True) -> Picture:
    """Each score added up over the eras above, CORR by era below."""
    corr = found.scores[CORR]
    title = f"CORR {corr.mean:.4f} an era: {corr.verdict}".replace("-", "−")
    footer = f"{counted(corr.eras, 'era')} of a member's own file"
    at, numbered = found.positions
    with figure(title, footer, [1.5, 1.0], titled=titled) as (drawing, (above, below)):
        for score, (colour, dash) in zip(found.scores.values(), LINES, strict=False):
            there = ~np.isnan(score.by_era)
            if there.any():
                x, y = at[there], np.cumsum(score.by_era[there])
                above.plot(
                    x, y, color=colour, linestyle=dash, linewidth=3.2, label=f"{score.which} {y[-1]:.2f}"
                )
                above.plot(x[-1], y[-1], "o", color=colour, markersize=9)
        above.axhline(0, color=FAINT, linewidth=1)
        above.legend(loc="best", frameon=False, labelcolor="linecolor")
        above.set_ylabel("Added up")
        there = ~np.isnan(corr.by_era)
        values = corr.by_era[there]
        width = 0.8 * float(np.diff(at).min()) if at.size > 1 else 0.8
        bars(below, at[there], values, [GAIN if value > 0 else LOSS for value in values], width)
        below.axhline(0, color=FAINT, linewidth=1)
        below.set_ylabel("CORR")
        return Picture(
            by_round(drawing, [above, below], "Era" if numbered else "Era, counted from the first"),
            _alt(found),
        )


def _alt(found: FileScores) -> str:
    corr = found.scores[CORR]
    last = {name: float(np.nansum(score.by_era)) for name, score in found.scores.items() if score.eras}
    sums = ", ".join(f"{name} {value:.2f}" for name, value in last.items())
    return (
        f"Scores added up over {counted(corr.eras, 'era')}, at the end {sums}; "
        f"below, CORR of each era, above 0 in {corr.above_0:,}, "
        f"from {np.nanmin(corr.by_era):.4f} to {np.nanmax(corr.by_era):.4f}."
    )
