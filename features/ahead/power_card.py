"""The answer to `/ahead power`."""

from collections.abc import Sequence
from functools import partial

from features.ahead.power import STEPS, WhenSeen, years_told
from features.ahead.power_chart import picture_of_power
from ui.answer import Answer, Asked, Choice, Menu
from ui.card import AMBER, Card, age_line, bullets
from ui.text import plain
from wording.numbers import counted

METHOD = (
    "Rounds = long-run variance x (1.96 + 0.84)² / difference²: a 95 % interval then excludes 0 in 80 of 100 "
    "such records, if the true difference is that large.",
    "The long-run variance counts what overlapping rounds share (EWC: Lazarus, Lewis, Stock and Watson "
    "2018), so no round is counted as independent.",
    "It is an estimate itself: from 122 weekly rounds, half as many or three times as many may be needed.",
    "A difference that was looked for because it stood out needs more rounds than this says.",
    "Where rounds open daily, as many more overlap: what counts is time, more than rounds.",
)


def power_answer(found: WhenSeen, asked: Asked, rules: Sequence[tuple[str, str]] = ()) -> Answer:
    """The reply to `/ahead power`. rules: (shown, typed) that its menu offers."""
    steps = sorted({*STEPS, found.difference})
    rows = [
        f"{each:g} % a round: {counted(found.found.needed(each), 'round')}, "
        f"{years_told(found.found.needed(each) / found.yearly)}"
        for each in steps
    ]
    return Answer(
        power_card(found),
        menus=(_differences(found), _rules(found, asked, rules)),
        details=(
            Card("By difference", bullets(rows), colour=AMBER),
            Card("How it is made", bullets(METHOD), colour=AMBER),
            Card("What was assumed and left out", bullets(found.notes), colour=AMBER),
        ),
    )


def power_card(found: WhenSeen) -> Card:
    """How long it takes, what the record can show, and the picture."""
    return Card(
        heading=plain(found.finding),
        text=plain(f"For {found.name}: {found.seen}"),
        draw=partial(picture_of_power, found),
        after="**How sure** Seen 80 times in 100 if it is there.",
        small=f"{found.source}, until {found.until}{age_line(found.asked_at)} · final rounds",
        colour=AMBER,
    )


def _differences(found: WhenSeen) -> Menu:
    sizes = sorted({*STEPS, found.difference})
    choices = [Choice(f"{each:g} % of the stake a round", {"difference": each}) for each in sizes]
    at = choices[sizes.index(found.difference)]
    return Menu("difference", (*choices, Choice("Another difference …", "difference")), at)


def _rules(found: WhenSeen, asked: Asked, rules: Sequence[tuple[str, str]]) -> Menu:
    at = Choice(f"{found.rule} against {found.other}"[:100], {"rule_a": asked["rule_a"]})
    others = [
        Choice(f"{shown} against {found.other}"[:100], {"rule_a": typed})
        for shown, typed in rules
        if len(typed) < 80 and found.other not in (shown, typed) and found.rule not in (shown, typed)
    ]
    return Menu(
        "rule",
        (at, *others[:20], Choice("Another rule …", "rule_a"), Choice("Against another …", "rule_b")),
        at,
    )
