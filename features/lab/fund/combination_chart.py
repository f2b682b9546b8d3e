"""The picture of `/fund combination`: how far the best was ahead of the fund, and how far luck goes."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

import numpy as np

from features.lab.fund.combination import FundCombination
from ui.drawing import CURRENT, FAINT, INK, PROPOSED, Picture, by_round, figure, from_zero
from wording.numbers import plus_minus


def picture_of_combination(found: FundCombination, titled: bool = True) -> Picture:
    """CORR beyond the fund, added up: the best model, and what luck's best reaches once in 20."""
    best, test = found.single.by_round, found.single.test
    step = max(test.null_95, 0.0) * float(best.std(ddof=1))
    reach = np.cumsum(np.full(best.size, step, dtype=np.float64))
    rounds = found.numbers
    footer = f"{found.source}, final {found.span}"
    with figure(found.finding.removesuffix("."), footer, [1.0], titled=titled) as (drawing, [panel]):
        panel.fill_between(*from_zero(rounds, reach), color=CURRENT, alpha=0.22, linewidth=0)
        panel.plot(*from_zero(rounds, reach), color=CURRENT, linestyle="--", linewidth=3)
        panel.plot(*from_zero(rounds, np.cumsum(best)), color=PROPOSED, linewidth=4)
        panel.axhline(0, color=INK, linewidth=2)
        first = rounds[0] - 1
        panel.text(rounds[-1], 0, "the fund ", color=FAINT, va="top", ha="right")
        top = float(max(reach.max(), np.cumsum(best).max(), 1e-9))
        panel.text(first, 1.02 * top, " shaded: as far as luck goes, 19 times in 20", color=CURRENT, va="top")
        panel.text(first, 0.90 * top, " the best model, picked afterwards", color=PROPOSED, va="top")
        panel.set_ylabel("CORR beyond it, in total")
        panel.margins(x=0.02)
        png = by_round(drawing, [panel])
    return Picture(
        png,
        f"Lines over {found.span} of CORR beyond the fund, added up: the best model ends at "
        f"{plus_minus(float(best.sum()), 2)}; luck's best, if it swings as much, stays below "
        f"{plus_minus(float(reach[-1]), 2)} in 19 of 20 cases.",
    )
