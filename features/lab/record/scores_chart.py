"""The picture of how repeatable scores are: what comes again of each, with how sure that is."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

import math

from features.lab.record.scores import ScoresRepeated
from ui.drawing import CURRENT, FAINT, GAIN, Picture, as_percent, figure, to_png
from wording.numbers import brief


def picture_of_scores(found: ScoresRepeated, titled: bool = True) -> Picture:
    """What of one round's differences comes again, by score: a dot, and a line where it may lie."""
    footer = f"{found.source}, {found.span}, final scores"
    with figure(found.finding.removesuffix("."), footer, [1.0], titled=titled) as (drawing, [panel]):
        panel.axvline(0, color=FAINT, linewidth=3)
        for at, each in enumerate(found.scores):
            colour = GAIN if each.is_seen else CURRENT
            if each.can_be_told:
                panel.plot([each.share.low, each.share.high], [at, at], color=colour, linewidth=9, alpha=0.6)
            panel.plot([each.share.value], [at], "o", color=colour, markersize=20)
        panel.set_yticks(range(len(found.scores)), [each.name for each in found.scores])
        panel.set_ylim(len(found.scores) - 0.4, -0.6)
        panel.xaxis.set_major_formatter(as_percent)
        panel.locator_params(axis="x", nbins=6)
        panel.set_xlabel("Comes again of one round's differences (0: all luck)")
        panel.grid(visible=False, axis="y")
        png = to_png(drawing)
    told = ", ".join(
        f"{each.name} {brief(100 * each.share.value)} %"
        + (
            ""
            if math.isnan(each.share.low)
            else f" ({brief(100 * each.share.low)} to {brief(100 * each.share.high)} %)"
        )
        for each in found.scores
    )
    return Picture(png, f"Lines where the share of each score that comes again may lie: {told}."[:1024])
