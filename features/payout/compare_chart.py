"""The picture of a payout comparison: pay that adds up under both rules, and the difference below."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

import numpy as np

from features.payout.comparison import PayoutComparison, difference_of
from ui.drawing import CURRENT, FAINT, GAIN, LOSS, PROPOSED, Picture, by_round, figure, from_zero
from wording.numbers import amount, brief, counted, shortened


def picture_of_comparison(comparison: PayoutComparison, titled: bool = True) -> Picture:
    """Cumulative pay under both rules with the difference below."""
    proposed, current = comparison.proposed, comparison.current
    name = shortened(comparison.name)
    than = "as" if comparison.same else "than"
    title = f"{name}: {comparison.more} under {proposed.short} {than} {current.short}"
    footer = (
        f"{comparison.source} · {counted(comparison.rounds.size, 'round')} opened {comparison.first_day} to "
        f"{comparison.last_day}, each at its own payout factor"
        f"{'' if comparison.derived is None else comparison.derived.label}"
    )
    with figure(title, footer, [2.0, 1.0], titled=titled) as (drawing, (above, below)):
        rounds = comparison.rounds
        # the legend lists the lines in the order in which they end
        sides = [(proposed, PROPOSED, "-"), (current, CURRENT, "--")]
        for side, colour, dash in sorted(sides, key=lambda side: -side[0].total):
            label = f"{shortened(side.short)}: {brief(side.total)}"
            total = np.cumsum(side.by_round)
            above.plot(*from_zero(rounds, total), color=colour, linestyle=dash, linewidth=3.2, label=label)
            above.plot(rounds[-1], total[-1], "o", color=colour, markersize=9)
        above.legend(loc="best", frameon=False, labelcolor="linecolor")
        above.set_ylabel("NMR, added up" if comparison.unit == "NMR" else "% of stake, added up")
        above.axhline(0, color=FAINT, linewidth=1)
        gap = np.cumsum(proposed.by_round - current.by_round)
        x, y = from_zero(rounds, gap)
        below.fill_between(x, y, 0, where=y >= 0, color=GAIN, alpha=0.75, interpolate=True, linewidth=0)
        below.fill_between(x, y, 0, where=y <= 0, color=LOSS, alpha=0.75, interpolate=True, linewidth=0)
        below.axhline(0, color=FAINT, linewidth=1)
        below.set_ylabel("Difference" if comparison.unit == "NMR" else "Difference in points")
        return Picture(by_round(drawing, [above, below]), _alt(comparison))


def _alt(comparison: PayoutComparison) -> str:
    gap = np.cumsum(comparison.proposed.by_round - comparison.current.by_round)
    widest = int(np.abs(gap).argmax())
    return (
        f"Two lines of pay adding up for {comparison.name} over {comparison.span}. "
        f"{comparison.proposed.short} ends at {amount(comparison.proposed.total, comparison.unit)}, "
        f"{comparison.current.short} at {amount(comparison.current.total, comparison.unit)}. "
        f"The gap below is widest at round {comparison.rounds[widest]}: "
        f"{difference_of(float(gap[widest]), comparison.unit)}."
    )[:1024]
