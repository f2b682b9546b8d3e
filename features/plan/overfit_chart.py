"""The picture of a choice among rules: where the best of one half of the rounds ends up on the other."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

import numpy as np

from features.plan.overfit import Judged, OverfitGrid
from ui.drawing import CURRENT, FAINT, PROPOSED, Picture, as_percent, figure, to_png
from wording.numbers import listed, percent

TENTHS = 10


def picture_of_overfit(found: OverfitGrid, titled: bool = True) -> Picture:
    """How often the chosen rule lands in each tenth of the ranking on the rounds it was not chosen on."""
    footer = f"{found.source} · until {found.until} · {found.grid.size}"
    with figure(f"The best rule: {found.verdict}", footer, [1.0], titled=titled) as (drawing, [panel]):
        width = 0.8 / len(found.judged)
        for at, (judged, colour) in enumerate(zip(found.judged, (PROPOSED, CURRENT, FAINT), strict=False)):
            left = np.arange(TENTHS) + 0.1 + at * width
            panel.bar(left, _by_tenth(judged), width, align="edge", color=colour, label=judged.words)
        panel.axvline(TENTHS / 2, color=FAINT, linewidth=2, linestyle="--")
        panel.set_xticks([0, TENTHS / 2, TENTHS], ["worst", "middle", "best"])
        panel.set_xlabel("Rank on the other half of the rounds")
        panel.set_ylabel("Share of the halves")
        panel.yaxis.set_major_formatter(as_percent)
        panel.locator_params(axis="y", nbins=5)
        panel.legend(loc="best", frameon=False, labelcolor="linecolor", fontsize=19)
        png = to_png(drawing)
    told = [f"{percent(each.result.probability)} by {each.words}" for each in found.judged]
    return Picture(
        png,
        "Bars of how the rule that is best on half of the rounds ranks on the other half. It is in the worse "
        f"half in {listed(told)}."[:1024],
    )


def _by_tenth(judged: Judged) -> np.ndarray:
    share = 1 / (1 + np.exp(-judged.result.logits))
    tenth = np.minimum((share * TENTHS).astype(int), TENTHS - 1)
    return np.bincount(tenth, minlength=TENTHS) / share.size
