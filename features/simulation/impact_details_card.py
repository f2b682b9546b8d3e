"""The pages behind what a proposal would have done: every number, and one picture a page."""

import math
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from features.payout.at_risk import if_restaked
from features.payout.comparison import Stretch
from features.simulation.by_round.meta_model_effect import MetaModelEffect
from features.simulation.effect import clearly
from features.simulation.impact_chart import picture_of_pay, picture_of_softening, picture_of_weights
from features.simulation.pay_result import PayImpact, PayTerms, PayWindow
from features.simulation.proposal_impact import MemberImpact, ProposalImpact
from features.simulation.weights import WeightImpact
from scoring.change.clear import FEWEST_PERIODS
from ui.card import Draw, bullets
from ui.text import ADVISORY, plain
from wording.numbers import amount, counted, number, percent, plus_minus, signed, whole

COVERAGE = "Such ranges are resampled: 85 to 99 of 100 hold what they should."
ASSUMED = "What was assumed"
META_MODEL = "Effect on the meta model"

Fields = list[tuple[str, str]]
Page = tuple[str, str, Draw | None]  # name, text, picture


def member_fields(impact: MemberImpact) -> Fields:
    """(name, value) of everything that is told of its effect on one member; a window each, the first ones."""
    fields: Fields = [
        (f"{window.span.capitalize()}: {_change(window.difference)}", _member_window(impact, window))
        for window in impact.windows
    ]
    if impact.weight is not None and not math.isnan(impact.weight.after):
        before, after = impact.weight.before, impact.weight.after
        told = f"{number(100 * before)} % → **{number(100 * after)} %**, {number(after / before)} times"
        fields.append(("Weight in the meta model", told))
        paid = impact.weight.pay_sentence or "What it was paid per NMR is not known, so neither is its pay."
        fields.append(("Effect on pay", paid))
    return [*fields, (ASSUMED, bullets((ADVISORY, *impact.assumptions)))]


def impact_pages(impact: ProposalImpact) -> list[Page]:
    """(name, text, picture) of each page behind the answer."""
    pages: list[Page] = []
    if impact.pay is not None:
        pages += _pay_pages(impact.pay)
    elif impact.weights is not None:
        pages += weight_pages(impact.weights)
    else:
        terms = [f"{key}: {_cut(value)}" for key, value in impact.parameters if key != "example"]
        pages.append(("Not simulated", plain(impact.reason_not), None))
        pages.append(("Its terms", bullets(terms), None))
    return [*pages, (ASSUMED, bullets((ADVISORY, *impact.assumptions)), None)]


def _pay_pages(pay: PayImpact) -> list[Page]:
    pages: list[Page] = [
        (
            f"{window.span.capitalize()}, {window.which}",
            _window(pay, window),
            None if window.alike else partial(picture_of_pay, pay, window),
        )
        for window in pay.windows
    ]
    differing = [window for window in pay.windows if not window.alike]
    regimes = pay.windows[0].regimes
    if differing and len(regimes) > 1:
        pages.append(("By what was paid", _by_what_was_paid(pay, regimes), None))
    pages.append(("When the old rule pays more", pay.why or pay.more_when, None))
    if not differing:
        return pages
    split = "\n".join(f"{window.span.capitalize()}: {_level_and_mix(pay, window)}" for window in differing)
    pages.append(("All alike, or some at the cost of others", split, None))
    if pay.terms.soften:
        pages += [
            (
                f"Softened, {window.span}",
                _softened(pay.terms, window),
                partial(picture_of_softening, window) if window.rolling.starts.size else None,
            )
            for window in pay.windows
        ]
    paid_back = "\n".join(_compensated(window) for window in differing)
    return [*pages, ("Full compensation", f"{paid_back}\n{COVERAGE}", None)]


def weight_pages(found: WeightImpact) -> list[Page]:
    """(name, text, picture) of each page on who weighs what, and on pay that followed it."""
    spread = found.spread
    rows = [
        ("hold half", *(whole(each) for each in spread.half)),
        ("effective", *(whole(each) for each in spread.effective)),
        ("largest", *(f"{100 * each:.2g} %" for each in spread.largest)),
    ]
    lines = [f"{'':<9}{'now':>7}{'then':>7}"]
    lines += [f"{name:<9}{before:>7}{after:>7}" for name, before, after in rows]
    pay = "None: payouts stay as they are."
    if found.pay_sentence:
        pay += f" If they were counted on the new weights: {found.pay_sentence}"
    return [
        (
            f"Weights of {found.who}",
            "```\n" + "\n".join(lines) + "\n```",
            partial(picture_of_weights, found),
        ),
        ("Moved", f"{percent(found.moved)} of all weight. {largest_of(found).capitalize()}.", None),
        ("If one guessed account is none", "" if found.apart is None else apart_of(found), None),
        ("If accounts are not verified", _splitting(found.splitting), None),
        *meta_model_pages(found.meta_model),
        ("Effect on pay", pay, None),
    ]


def meta_model_pages(found: MetaModelEffect | None) -> list[Page]:
    """What it would have changed for the meta model's CORR, which is told apart from pay."""
    if found is None:
        return []
    return [(META_MODEL, f"{plain(found.finding)}\n{found.basis}".rstrip(), None)]


def meta_model_line(found: WeightImpact) -> str:
    """The same as a line of a card; "" where nothing is told."""
    effect = found.meta_model
    return "" if effect is None or not effect.rounds.size else f"\nMeta model: {effect.told} CORR a round."


def largest_of(found: WeightImpact) -> str:
    """ "the largest account goes from 16 % to 1 %"."""
    shares = f"{100 * found.spread.largest[0]:.2g} % to {100 * found.largest_after:.2g} %"
    return f"the largest account goes from {shares}"


def apart_of(found: WeightImpact) -> str:
    """What another guess of whose models are whose would change; "" where nothing was guessed."""
    if found.apart is None:
        return ""
    (half_before, half_after), (before, after) = found.apart.half, found.apart.effective
    return (
        f"With the {counted(found.apart_models, 'model')} of one guessed account counted apart, "
        f"{whole(half_before)} → {whole(half_after)} hold half, effective number "
        f"{whole(before)} → {whole(after)}."
    )


def _window(pay: PayImpact, window: PayWindow) -> str:
    if window.alike:
        return window.certainty
    lines = [
        f"**{_change(window.difference)}**, from {number(window.old)} to {number(window.new)}",
        f"{_points(window.a_round, 2)} a round, rounds weighted by stake at risk",
        window.certainty,
    ]
    if window.without_largest is not None:
        lines.append(_without_largest(pay.unit, *window.without_largest))
    return "\n".join((*lines, _who_gains(pay, window)))


def _change(difference: float) -> str:
    return signed(difference, "NMR") if difference else "No difference"


def _points(share: float, decimals: int) -> str:
    """A share of the stake as points of it: "+2.35 points of stake"."""
    return f"{plus_minus(100 * share, decimals)} points of stake"


def _without_largest(unit: str, share: float, others: Stretch) -> str:
    return f"The largest {unit} held {percent(share)} of the stake; without it {others.told('NMR')}"


def _by_what_was_paid(pay: PayImpact, regimes: tuple[Stretch, ...]) -> str:
    lines: list[str] = []
    for each in regimes:
        told = replace(each, without_largest=None).told("NMR")
        lines.append(f"{each.span.capitalize()} {each.words}: {told}")
        if each.without_largest is not None:
            lines[-1] += f". {_without_largest(pay.unit, *each.without_largest)}"
    return bullets(lines)


def _who_gains(pay: PayImpact, window: PayWindow) -> str:
    """Who gains and loses more than luck explains, and who got less in all, luck included."""
    clear, unit = window.clear, pay.unit
    less = (
        f"{percent(window.losing)} of the {unit}s got over {number(100 * pay.losing_more_than)} points of "
        "their stake less, luck included."
    ).capitalize()
    if not clear.judged:
        return f"No {unit} has {FEWEST_PERIODS} rounds: who gains can't be told from luck. {less}"
    return (
        f"Of {counted(clear.judged, unit)} with at least {FEWEST_PERIODS} rounds "
        f"{clearly(clear.gain, 'gain')}, {clearly(clear.lose, 'lose')}, "
        f"{clear.untold:,} can't be told from luck. {less}"
    )


def _level_and_mix(pay: PayImpact, window: PayWindow) -> str:
    scale = window.result.gains.split.scale
    if window.not_split:
        return f"can't be told, as {window.not_split}."
    if math.isnan(scale):
        return "the two sums have different signs, so they can't be made equal."
    change = 1 / scale - 1
    return (
        f"{percent(abs(change))} {'more' if change > 0 else 'less'} for all. Beyond that some {pay.unit}s "
        f"win {number(window.moved)} NMR that others lose. {if_restaked(change, window.factors)}"
    ).rstrip()


def _softened(terms: PayTerms, window: PayWindow) -> str:
    """What each way of softening costs the payer, from every start that leaves it time to end."""
    rolling = window.rolling
    if not rolling.starts.size:
        return (
            f"It takes {counted(rolling.periods, 'round')}, more than these {window.rounds.size}: "
            "what it costs can't be followed to its end."
        )
    ways = [
        (f"Notice of {counted(terms.notice, 'round')}", rolling.notice, terms.notice),
        (f"Phase-in over {counted(terms.phase_in, 'round')}", rolling.phase_in, terms.phase_in),
        (f"Old rule for {counted(terms.grandfather, 'round')}", rolling.grandfather, terms.grandfather),
    ]
    lines = [f"{name}: {_range(costs)}" for name, costs, used in ways if used]
    if len(lines) > 1:
        lines.append(f"Together: {_range(rolling.together)}")
    starts = counted(rolling.starts.size, "start")
    return (
        bullets(lines)
        + f"\nWhat the payer pays more than by the new rule at once: median and range of {starts} "
        f"in {window.span}."
    )


def _range(costs: NDArray[np.float64]) -> str:
    """ "−16,001 NMR (−31,812 to −2,457)"."""
    low, high = (signed(float(end), "").rstrip() for end in (costs.min(), costs.max()))
    return f"{signed(float(np.median(costs)), 'NMR')} ({low} to {high})"


def _compensated(window: PayWindow) -> str:
    low, high = window.intervals.compensation
    between = "" if math.isnan(low) else f" (roughly {number(low)} to {number(high)})"
    return f"{window.span.capitalize()}: {number(window.result.costs.compensation)} NMR{between}"


def _splitting(gain: float) -> str:
    if math.isnan(gain):
        return "What splitting would gain the largest account can't be told."
    if gain <= 1 + 1e-9:
        return "Splitting into ten would gain the largest account nothing."
    return f"The largest would weigh {number(gain)} times as much by splitting into ten."


def _member_window(impact: MemberImpact, window: PayWindow) -> str:
    stake = float(window.stake[0])
    if window.alike:
        return window.certainty
    lines = [
        f"{impact.old}: {number(window.old)} NMR",
        f"{impact.new}: {number(window.new)} NMR",
        f"{_points(window.difference / stake, 1)} in all, of {number(stake)} NMR at risk in a round",
        window.certainty,
    ]
    if len(window.regimes) > 1:
        lines += [f"{each.span.capitalize()} {each.words}: {each.told('NMR')}" for each in window.regimes]
    if impact.terms is not None and impact.terms.soften:
        starts = window.rolling.starts.size
        lines.append(
            f"The softening adds {_range(window.rolling.together)}: median and range of "
            f"{counted(starts, 'start')} in these rounds"
            if starts
            else f"The softening takes {counted(window.rolling.periods, 'round')}, too many to follow here"
        )
    if impact.terms is not None and impact.terms.full and window.difference < 0:
        lines.append(f"Full compensation pays back {amount(-window.difference, 'NMR')}")
    return "\n".join(lines)


def _cut(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= 90 else f"{line[:89]}…"
