"""The picture of a pay record: a bar for each round, pending ones hollow, with what they add up to."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

import numpy as np

from features.earnings.earnings import PayRecord
from ui.drawing import CURRENT, FAINT, GAIN, LOSS, Picture, bars, by_round, figure
from wording.numbers import amount, shortened


def picture_of_record(record: PayRecord, titled: bool = True) -> Picture:
    """Pay by round above, pay so far below."""
    pending = f", {amount(record.pending, 'NMR')} pending" if not record.resolved.all() else ""
    title = f"{shortened(record.name)}: {amount(record.earned, 'NMR')} in {record.span}{pending}"
    footer = f"{record.source} · data until {record.until}" + (
        "" if record.resolved.all() else " · hollow bars are pending"
    )
    with figure(title, footer, [1.0, 1.0], titled=titled) as (drawing, (above, below)):
        rounds, resolved = record.rounds, record.resolved
        colours = np.where(record.payout >= 0, GAIN, LOSS)
        bars(above, rounds[resolved], record.payout[resolved], colours[resolved].tolist(), 0.8)
        above.bar(
            rounds[~resolved],
            record.payout[~resolved],
            facecolor="none",
            edgecolor=colours[~resolved],
            linewidth=2.0,
            width=0.8,
        )
        above.axhline(0, color=FAINT, linewidth=1)
        above.set_ylabel("NMR a round")
        so_far = np.cumsum(record.payout)
        below.plot(rounds, so_far, color=CURRENT, linewidth=3.2)
        below.plot(rounds[-1], so_far[-1], "o", color=CURRENT, markersize=9)
        below.axhline(0, color=FAINT, linewidth=1)
        below.set_ylabel("NMR so far")
        return Picture(by_round(drawing, [above, below]), _alt(record))


def _alt(record: PayRecord) -> str:
    best, worst = int(record.payout.argmax()), int(record.payout.argmin())
    best_pay, worst_pay = float(record.payout[best]), float(record.payout[worst])
    pending = "" if record.resolved.all() else f" and {amount(record.pending, 'NMR')} pending"
    return (
        f"A bar of pay for each of {record.span} of {record.name}. "
        f"The best is round {record.rounds[best]} with {amount(best_pay, 'NMR')}, "
        f"the worst round {record.rounds[worst]} with {amount(worst_pay, 'NMR')}. "
        f"Together {amount(record.earned, 'NMR')} are final{pending}."
    )[:1024]
