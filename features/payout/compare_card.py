"""The answer to a comparison: its card, the menus that change it, and the pages behind it."""

import math
from collections.abc import Sequence
from functools import partial

from features.payout.at_risk import AS_STAKED
from features.payout.compare_chart import picture_of_comparison
from features.payout.comparison import PayoutComparison, Side, between, difference_of
from ui.answer import Answer, Asked, Choice, Menu
from ui.card import AMBER, Card, age_line, bullets, section, sections
from ui.text import plain
from wording.numbers import amount, brief, counted, number, percent

INTERVALS = "[How the interval is made](https://doi.org/10.1080/07350015.2018.1506926)"
AT_RISK = {
    AS_STAKED: ("Stake of the time", "what was really at risk in each round"),
    "fixed": ("A stake that stays", "the first round's, unchanged"),
    "compounding": ("A stake that compounds", "pay is added to it, burns are taken off"),
    "per-round": ("A share for each round", "every open round risks its part of one stake"),
}
AS_PAID = "what was really paid"


def comparison_answer(
    comparison: PayoutComparison, asked: Asked, rules: Sequence[tuple[str, str]] = ()
) -> Answer:
    """The reply to `/payout compare`. rules: (shown, typed) that its menu offers besides."""
    return Answer(
        comparison_card(comparison, AT_RISK[asked["basis"]][0].lower()),
        menus=(rounds_menu(comparison, asked), _rules(comparison, asked, rules), at_risk_menu(asked)),
        details=comparison_pages(comparison),
    )


def comparison_card(comparison: PayoutComparison, at_risk: str) -> Card:
    """The finding, the two totals, the picture, how sure, and what was assumed."""
    proposed, current = comparison.proposed, comparison.current
    totals = f"{brief(proposed.total)} against {brief(current.total)} {comparison.unit} by {current.short}"
    told = comparison.whole is None or comparison.derived is not None  # in the heading
    rounds = "" if told else f" · {comparison.span}"
    dated = f"until {comparison.until}{age_line(comparison.asked_at)}"
    assumed = "nobody changes what they submit" if comparison.derived is None else comparison.derived.small
    return Card(
        heading=plain(comparison.heading),
        text=f"{plain(totals)}{rounds}",
        draw=partial(picture_of_comparison, comparison),
        after="\n".join(filter(None, (f"**How sure** {comparison.how_sure}", plain(comparison.notice)))),
        small=f"{comparison.source}, {dated} · {at_risk} · {assumed}",
        colour=AMBER,
    )


def comparison_pages(comparison: PayoutComparison) -> tuple[Card, ...]:
    """Everything that is known of a comparison: both sides, other rounds, what was assumed and left out."""
    unknown = comparison.alike or math.isnan(comparison.interval[0])
    held = "" if unknown else between(comparison.interval, comparison.unit)
    difference = "none" if comparison.same else difference_of(comparison.difference, comparison.unit)
    sure = " ".join(filter(None, (f"95 % interval {held}." if held else "", comparison.certainty)))
    whose = plain(comparison.name) + (
        f" ({counted(comparison.models, 'model')})" if comparison.kind != "model" else ""
    )
    sides = Card(
        "Under each rule",
        sections(
            plain(comparison.finding),
            f"For **{whose}**, {counted(comparison.rounds.size, 'round')}, {comparison.span}.",
            section(f"Proposed: {plain(comparison.proposed.words)}", _side(comparison.proposed, comparison)),
            section(f"Current: {plain(comparison.current.words)}", _side(comparison.current, comparison)),
            section(f"Difference: {difference}", f"{sure} {comparison.in_usd}".strip()),
            section("The proposed rule pays more", plain(comparison.more_when)),
            section("Where it comes from", f"{comparison.level_and_mix} {comparison.restaked}".strip()),
        ),
        small=INTERVALS,
        colour=AMBER,
    )
    beside = Card("Other rounds to read it beside", bullets(comparison.side_by_side), colour=AMBER)
    assumed = Card(
        "What was assumed and left out",
        sections(
            section("Assumed", bullets(comparison.assumptions)),
            section("Left out, and what to know", bullets([each for each in comparison.warnings if each])),
        ),
        small=f"{comparison.source} · data until {comparison.until}",
        colour=AMBER,
    )
    return (sides, *((beside,) if comparison.side_by_side else ()), assumed)


def _side(side: Side, comparison: PayoutComparison) -> str:
    spread = "" if math.isnan(side.spread) else f", standard deviation {number(side.spread)}"
    burned = "no round burned" if side.burned == 0 else f"{percent(side.burned)} of rounds burned"
    clipped = (
        "no score met the clip" if side.clipped == 0 else f"{percent(side.clipped)} of scores met the clip"
    )
    return f"{amount(side.total, comparison.unit)}, {number(side.mean)} a round{spread}; {burned}, {clipped}."


def rounds_menu(comparison: PayoutComparison, asked: Asked) -> Menu:
    """Which rounds are compared."""
    last = Choice("Last 20 rounds, beside all", {"rounds": None})
    choices = [last, Choice("All rounds that can be compared", {"rounds": "all"})]
    choices += [
        Choice(f"{each.span.capitalize()}: {each.words}", {"rounds": f"{each.rounds[0]}-{each.rounds[-1]}"})
        for each in comparison.regimes
    ]
    choices += [Choice("The last 50", {"rounds": "50"}), Choice("Other rounds …", "rounds")]
    typed = asked.get("rounds")
    chosen = next((each for each in choices if each.change == {"rounds": typed}), None)
    return Menu("rounds", tuple(choices), chosen or Choice(comparison.span.capitalize(), {"rounds": typed}))


def _rules(comparison: PayoutComparison, asked: Asked, rules: Sequence[tuple[str, str]]) -> Menu:
    current = comparison.current.short if asked.get("current") else AS_PAID
    chosen = Choice(f"{comparison.proposed.short} against {current}"[:100], {"proposed": asked["proposed"]})
    others = [
        Choice(shown, {"proposed": typed})
        for shown, typed in rules
        if comparison.proposed.short not in (typed, shown) and typed != asked["proposed"] and len(typed) < 80
    ]
    typed_ones = [
        Choice("Another rule …", "proposed"),
        Choice("Compare with another than that …", "current"),
    ]
    return Menu("rule", (chosen, *others[: 25 - 1 - len(typed_ones)], *typed_ones), chosen)


def at_risk_menu(asked: Asked) -> Menu:
    """What is at risk in a round."""
    choices = [Choice(label, {"basis": basis}, more) for basis, (label, more) in AT_RISK.items()]
    stake = asked.get("stake")
    at = next(each for each in choices if each.change == {"basis": asked["basis"]})
    if stake is not None:
        at = Choice(f"{at.label}: {amount(stake, 'NMR')}", {"stake": stake, "basis": asked["basis"]})
        choices = [at, Choice("My own stake again", {"stake": None}), *choices]
    return Menu("risk", (*choices, Choice("Another stake …", "stake")), at)
