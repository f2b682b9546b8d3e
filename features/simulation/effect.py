"""What a proposal would have done, in one line for its card."""

import math
from collections.abc import Sequence
from datetime import date

import numpy as np

from features.simulation.pay_result import PayImpact, PayWindow
from features.simulation.proposal_impact import ProposalImpact
from features.simulation.weights import WeightImpact
from scoring.ahead.power import rounds_to_see
from wording.numbers import brief, counted, percent

SAME = 1e-9  # of a weight: what rounding moves


def effect_sentence(impact: ProposalImpact) -> str:
    """ "Everyone −1,933 NMR in the rounds that paid CORR and TC, +66,278 over all 122 rounds; …"."""
    if impact.pay is not None:
        return _of_pay(impact.pay)
    if impact.weights is not None:
        return _of_weights(impact.weights)
    return f"Not simulated. {impact.reason_not}"


def review_too_early(impact: ProposalImpact, review_on: date | None, today: date, spacing: float) -> str:
    """That nobody can know by the day of its review, in a sentence; "" where they can or nothing is told.

    spacing: days from one round to the next. By how much the rules differed from round to round on record.
    """
    if review_on is None or impact.pay is None or not spacing > 0:
        return ""
    every = impact.pay.windows[0]
    found = rounds_to_see(every.by_round)
    needed = found.needed(found.mean)
    until = max(0, int((review_on - today).days / spacing))
    if every.alike or math.isnan(needed) or until >= needed:
        return ""
    takes = f"about {counted(math.ceil(needed), 'round')}" if needed < 1e5 else "longer than anybody waits"
    return (
        f"Its review on {review_on} comes after {counted(until, 'round')}. If the rules go on to differ as "
        f"on record, it takes {takes} until that can be told from luck."
    )


def basis_of(impact: ProposalImpact) -> str:
    """The numbers behind it; "" where there are none."""
    return "" if impact.reason_not else f"{impact.source}, until {impact.until}"


def paid_heading(who: str, windows: Sequence[PayWindow], asked: str) -> str:
    """ "You would have been paid 66,278 NMR more in all 122 rounds, but 1,933 less in the 11 that …"."""
    first, *others = windows
    many = first.present.size
    over = f"all {counted(many, 'round')}" if others else first.span
    told = f"{who} would have been paid {_more(first)} in {over}"
    told += f" (you asked for {asked})" if asked else ""
    for other in others if any(window.difference for window in windows) else ():
        joint = "but" if np.sign(first.difference) * np.sign(other.difference) < 0 else "and"
        told += (
            f", {joint} {_more(other).replace(' NMR', '')} in the {other.present.size:,} {that(other.which)}"
        )
    return told


def _more(window: PayWindow) -> str:
    if not window.difference:
        return "the same"
    return f"{brief(abs(window.difference))} NMR {'more' if window.difference > 0 else 'less'}"


def clearly(count: int, verb: str) -> str:
    """ "88 clearly gain", "none clearly loses"."""
    return f"{count:,} clearly {verb}" if count > 1 else f"{count or 'none'} clearly {verb}s"


def more_or_less(difference: float) -> str:
    """A difference of NMR with its sign, three digits or all before the point: "+66,278 NMR"."""
    return f"{'+' if difference > 0 else ''}{brief(difference)} NMR" if difference else "±0 NMR"


def _of_pay(pay: PayImpact) -> str:
    every, *others = pay.windows
    if every.alike:
        return f"Nobody would have been paid anything else in {every.span}."
    told = [f"{more_or_less(each.difference)} in the rounds {that(each.which)}" for each in others]
    over_all = more_or_less(every.difference)
    over_all = over_all.removesuffix(" NMR") if others else over_all
    told.append(f"{over_all} over all {counted(every.present.size, 'round')}")
    return f"Everyone {', '.join(told)}; {_who(pay, every)}{pay.label}."


def that(which: str) -> str:
    """ "that paid CORR and TC" of "which paid CORR and TC"."""
    return which.replace("which ", "that ", 1)


def _who(pay: PayImpact, window: PayWindow) -> str:
    clear = window.clear
    if not clear.judged:
        return "too few rounds to tell who gains"
    return (
        f"of {counted(clear.judged, pay.unit)} {clearly(clear.gain, 'gain')}, {clearly(clear.lose, 'lose')}"
    )


def _of_weights(found: WeightImpact) -> str:
    moved = found.after - found.before
    gain, lose = (int(np.count_nonzero(sign * moved > SAME * found.before)) for sign in (1, -1))
    if not gain and not lose:
        return "Every account would weigh what it weighs now."
    return (
        f"{found.finding.removesuffix('.')}; {percent(found.moved)} of all weight moves, "
        f"{gain:,} gain, {lose:,} lose."
    )
