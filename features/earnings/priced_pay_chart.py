"""The picture of a year's pay: NMR of each round, and what it adds up to in a currency."""

# matplotlib leaves the keyword arguments of its methods without a type
# pyright: reportUnknownMemberType=false

import numpy as np

from features.earnings.priced_pay import PricedPay
from ui.drawing import CURRENT, FAINT, GAIN, LOSS, Picture, bars, by_round, figure
from wording.numbers import amount, counted, shortened


def picture_of_priced(found: PricedPay, titled: bool = True) -> Picture:
    """NMR of each round above, those without a price in grey; so far in the currency below."""
    rounds, at = np.unique(found.rounds, return_inverse=True)
    paid = np.bincount(at, weights=np.nan_to_num(found.paid)).astype(np.float64)
    value = np.bincount(at, weights=np.nan_to_num(found.value)).astype(np.float64)
    unpriced = np.isin(rounds, found.rounds[np.isnan(found.price)])
    who = shortened(", ".join(found.names))
    title = f"{who}: {amount(found.total, 'NMR')} in {found.when}, in {found.currency}"
    footer = f"{found.source} · by the day a round resolved" + (
        " · grey: no price known" if unpriced.any() else ""
    )
    with figure(title, footer, [1.0, 1.0], titled=titled) as (drawing, (above, below)):
        colours = np.where(unpriced, FAINT, np.where(paid >= 0, GAIN, LOSS))
        bars(above, rounds, paid, colours.tolist(), 0.8)
        above.axhline(0, color=FAINT, linewidth=1)
        above.set_ylabel("NMR a round")
        so_far = np.cumsum(value)
        below.plot(rounds, so_far, color=CURRENT, linewidth=3.2)
        below.plot(rounds[-1], so_far[-1], "o", color=CURRENT, markersize=9)
        below.axhline(0, color=FAINT, linewidth=1)
        below.set_ylabel(f"{found.currency} so far")
        return Picture(by_round(drawing, [above, below]), _alt(found, rounds.size))


def _alt(found: PricedPay, rounds: int) -> str:
    return f"A bar of pay for each of {counted(rounds, 'round')}. {found.finding}."[:1024]
