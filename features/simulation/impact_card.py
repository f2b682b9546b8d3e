"""Cards of what a proposal would have done: to everyone, and to the one member who asks."""

import math

import discord

from features.simulation.pay_result import PayImpact, PayTerms, PayWindow
from features.simulation.proposal_impact import MemberImpact, ProposalImpact
from features.simulation.weights import WeightImpact
from ui.card import AMBER, BLUE, CHART, FIELD, GREY, bullets
from ui.text import plain
from wording.numbers import counted, number, percent, signed, whole

ADVISORY = "Advisory, not binding on Numerai."

Fields = list[tuple[str, str]]


def impact_fields(impact: ProposalImpact) -> Fields:
    """(name, value) of each field, for the card of a proposal or one of its own."""
    fields: Fields = []
    if impact.pay is not None:
        fields += _pay_fields(impact.pay)
    elif impact.weights is not None:
        fields += _weight_fields(impact.weights)
    else:
        fields.append(("Not simulated", plain(impact.reason_not)[:FIELD]))
        terms = [f"{key}: {_cut(value)}" for key, value in impact.parameters if key != "example"]
        if terms:
            fields.append(("Its terms", bullets(terms)))
    return [*fields, ("Assumed", bullets((ADVISORY, *impact.assumptions)))]


def impact_card(impact: ProposalImpact, *, titled: bool = True) -> discord.Embed:
    """What a proposal would have done to everyone; not `titled` where the proposal stands above it."""
    simulated = impact.pay is not None or impact.weights is not None
    card = discord.Embed(title=plain(impact.finding)[:256], colour=AMBER if simulated else GREY)
    if titled:
        card.description = f"**{plain(impact.title)}** ({impact.kind})"
    for name, value in impact_fields(impact):
        card.add_field(name=name, value=value, inline=False)
    if simulated:
        card.set_image(url=f"attachment://{CHART}")
    card.set_footer(text=f"{impact.source} · data until {impact.until}")
    return card


def member_impact_card(impact: MemberImpact) -> discord.Embed:
    """What a proposal would have done to one model or account, for nobody else to see."""
    card = discord.Embed(title=plain(impact.finding)[:256], colour=BLUE)
    card.description = f"**{plain(impact.title)}**"
    for window in impact.windows:
        card.add_field(
            name=f"{window.span.capitalize()}: {signed(window.difference, 'NMR')}",
            value=_member_window(impact, window),
            inline=False,
        )
    if impact.weight is not None and not math.isnan(impact.weight.after):
        before, after = impact.weight.before, impact.weight.after
        card.add_field(
            name="Weight in the meta model",
            value=f"{number(100 * before)} % → **{number(100 * after)} %**, {number(after / before)} times",
            inline=False,
        )
    card.add_field(name="Assumed", value=bullets((ADVISORY, *impact.assumptions)), inline=False)
    card.set_footer(text=f"{impact.source} · data until {impact.until} · only you see this")
    return card


def _pay_fields(pay: PayImpact) -> Fields:
    fields = [
        (f"{window.span.capitalize()}, {window.which}"[:256], _window(pay, window)) for window in pay.windows
    ]
    fields.append(("When the old rule pays more", (pay.why or pay.more_when)[:FIELD]))
    sources = "\n".join(
        f"{window.span.capitalize()}: {_level_and_mix(pay, window)}" for window in pay.windows
    )
    fields.append(("All alike, or some at the cost of others", sources))
    if pay.terms.soften:
        fields += [(f"Softened, {window.span}", _softened(pay.terms, window)) for window in pay.windows]
    else:
        fields.append(("Full compensation", "\n".join(_compensated(window) for window in pay.windows)))
    return fields


def _window(pay: PayImpact, window: PayWindow) -> str:
    gains = window.result.gains
    low, high = window.intervals.total
    between = (
        f"{counted(window.rounds.size, 'round')}: too few for an interval"
        if math.isnan(low)
        else f"95 %: {signed(low, 'NMR')} to {signed(high, 'NMR')}, {counted(window.rounds.size, 'round')}"
    )
    return "\n".join(
        (
            f"**{signed(window.difference, 'NMR')}**, from {number(window.old)} to {number(window.new)}",
            f"{100 * window.a_round:+.2f} % of the stake at risk a round".replace("-", "−"),
            between,
            f"{counted(gains.winners, f'{pay.unit} gains', f'{pay.unit}s gain')}, "
            f"{counted(gains.losers, 'loses', 'lose')}; "
            f"{percent(window.losing)} lose over {100 * pay.losing_more_than:g} % of their stake",
        )
    )


def _level_and_mix(pay: PayImpact, window: PayWindow) -> str:
    scale = window.result.gains.split.scale
    if math.isnan(scale):
        return "the two sums have different signs, so they can't be made equal."
    change = 1 / scale - 1
    return (
        f"{percent(abs(change))} {'more' if change > 0 else 'less'} for all; besides, "
        f"{number(window.moved)} NMR moves between {pay.unit}s."
    )


def _softened(terms: PayTerms, window: PayWindow) -> str:
    """A table of what each way of softening costs the payer and saves those who lose."""
    costs = window.result.costs
    rows = [
        (f"notice {terms.notice}", costs.notice, terms.notice),
        (f"phase-in {terms.phase_in}", costs.phase_in, terms.phase_in),
        (f"old rule {terms.grandfather}", costs.grandfather, terms.grandfather),
        ("together", costs.together, True),
    ]
    lines = [f"{'NMR, rounds':<13} {'costs':>9} {'saves':>9}"]
    lines += [
        f"{name:<13} {_short(each.cost):>9} {_short(each.saved):>9}" for name, each, used in rows if used
    ]
    compensation = _short(costs.compensation)
    lines.append(f"{'compensation':<13} {compensation:>9} {compensation:>9}")
    told = "```\n" + "\n".join(lines) + "\n```"
    told += "Costs: to the payer. Saves: to those who would lose."
    if window.cut_short:
        told += f" The terms last longer than these {counted(window.rounds.size, 'round')}."
    return told


def _short(nmr: float) -> str:
    """An amount for a narrow column: 1,299, −3.20, 0.00 for less than shows."""
    text = f"{nmr:,.{0 if nmr == 0 or abs(nmr) >= 9.995 else 2}f}"
    return text.removeprefix("-") if not text.strip("-0.") else text.replace("-", "−")


def _compensated(window: PayWindow) -> str:
    low, high = window.intervals.compensation
    between = "" if math.isnan(low) else f" (95 %: {number(low)} to {number(high)})"
    return f"{window.span.capitalize()}: {number(window.result.costs.compensation)} NMR{between}"


def _weight_fields(found: WeightImpact) -> Fields:
    spread = found.spread
    rows = [
        ("hold half", *(whole(each) for each in spread.half)),
        ("effective", *(whole(each) for each in spread.effective)),
        ("largest", *(f"{100 * each:.2g} %" for each in spread.largest)),
    ]
    lines = [f"{'':<10}{'before':>8}{'after':>9}"]
    lines += [f"{name:<10}{before:>8}{after:>9}" for name, before, after in rows]
    largest = f"{100 * spread.largest[0]:.2g} % to {100 * found.largest_after:.2g} %"
    fields = [
        (f"Weights of {found.who}", "```\n" + "\n".join(lines) + "\n```"),
        ("Moved", f"{percent(found.moved)} of all weight. The largest account goes from {largest}."),
    ]
    if found.apart is not None:
        (half_before, half_after), (before, after) = found.apart.half, found.apart.effective
        fields.append(
            (
                "One guess matters",
                f"With the {counted(found.apart_models, 'model')} of one guessed account counted apart, "
                f"{whole(half_before)} → {whole(half_after)} hold half, effective number "
                f"{whole(before)} → {whole(after)}.",
            )
        )
    fields.append(("If accounts are not verified", _splitting(found.splitting)))
    pay = "None: payouts stay as they are."
    if found.pay_sentence:
        pay += f" If they were counted on the new weights: {found.pay_sentence}"
    fields.append(("Effect on pay", pay))
    return fields


def _splitting(gain: float) -> str:
    if math.isnan(gain):
        return "What splitting would gain the largest account can't be told."
    if gain <= 1 + 1e-9:
        return "Splitting into ten would gain the largest account nothing."
    return f"The largest would weigh {number(gain)} times as much by splitting into ten."


def _member_window(impact: MemberImpact, window: PayWindow) -> str:
    stake = float(window.stake[0])
    low, high = window.intervals.total
    lines = [
        f"{impact.old}: {number(window.old)} NMR",
        f"{impact.new}: {number(window.new)} NMR",
        f"{100 * window.difference / stake:+.1f} % of the {number(stake)} NMR at risk".replace("-", "−"),
        "too few rounds for an interval"
        if math.isnan(low)
        else f"95 %: {signed(low, 'NMR')} to {signed(high, 'NMR')}",
    ]
    if impact.terms is not None and (impact.terms.soften or impact.terms.full):
        softened = impact.softened(window)
        lines.append(
            f"With the proposed softening **{signed(softened, 'NMR')}**, "
            f"{100 * softened / stake:+.1f} %".replace("-", "−")
        )
    return "\n".join(lines)[:FIELD]


def _cut(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= 90 else f"{line[:89]}…"
