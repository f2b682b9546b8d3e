"""The answer to `/ahead pay`: its card, the menus that change it, and the pages behind it."""

import math
from collections.abc import Sequence
from functools import partial

from features.ahead.pay import BASES, WAYS, WEEKS, AheadLine, PayAhead, chances, points, share_told
from features.ahead.pay_chart import picture_of_pay_ahead
from scoring.ahead.pay import Outlook
from ui.answer import Answer, Asked, Choice, Menu
from ui.card import AMBER, Card, age_line, bullets
from ui.text import plain
from wording.numbers import amount, counted, percent, span

STYLES = {
    "compounding": ("A stake that compounds", "pay is added to it, burns are taken off"),
    "per-round": ("A share for each round", "every open round risks its part of one stake"),
    "fixed": ("A stake that stays", "pay is taken out, burns are made good"),
}
NINE_OF_TEN = "A band holds nine of ten ways: one in twenty ends below it, one in twenty above."
HELD = (
    "Tried on the sample: of models with 80 rounds or more, the next 20 rounds' pay fell inside such a band "
    "93 % of the time, and 81 % if the past mean is taken for certain. Models share their good and bad "
    "times, so those are a handful of trials, of which the worst held 88 %."
)
NOT_IN_IT = (
    "The price of NMR, a change of the rules, and rounds unlike those on record are not in it.",
    "What members and Numerai do next, and a payout factor other than today's, are not in it.",
)


def pay_ahead_answer(found: PayAhead, asked: Asked, rules: Sequence[tuple[str, str]] = ()) -> Answer:
    """The reply to `/ahead pay`. rules: (shown, typed) that its menu offers."""
    return Answer(
        pay_ahead_card(found),
        menus=(
            _weeks(asked),
            rules_menu(asked, rules, "The current rule and two others"),
            _styles(found, asked),
        ),
        details=(_numbers(found), _method(found), _assumed(found)),
    )


def pay_ahead_card(found: PayAhead) -> Card:
    """The band, what each rule may make of the stake, the picture, and how sure."""
    first = found.lines[0].ahead.wide
    text = (
        f"Middle {share_told(first.median)}, a loss {chances(first.loss)}, a fifth down on the way "
        f"{chances(first.deep)}."
    )
    if found.unit == "NMR":
        whose = " (an example)" if found.is_example else ""
        text += (
            f" {amount(found.stake, 'NMR')}{whose} would be {found.in_nmr(first.low)} to "
            f"{found.in_nmr(first.high)}."
        )
    dated = f"until {found.until}{age_line(found.asked_at)}"
    first_note = found.notes[:1] if found.notes and found.notes[0].startswith(found.name) else ()
    return Card(
        heading=plain(found.finding),
        text=plain(text),
        draw=partial(picture_of_pay_ahead, found),
        after="\n".join([f"**How sure** {plain(found.how_sure)}", *map(plain, first_note)]),
        small=f"{found.source}, {dated} · without the price of NMR",
        colour=AMBER,
    )


def rules_menu(asked: Asked, rules: Sequence[tuple[str, str]], first: str, key: str = "rules") -> Menu:
    """Which rule is looked at: by default, one that is offered, or what is typed."""
    choices = [Choice(first, {key: None})]
    choices += [Choice(shown, {key: typed}) for shown, typed in rules if len(typed) < 80][:22]
    choices.append(Choice("Other rules …" if key == "rules" else "Another rule …", key))
    chosen = next((each for each in choices if each.change == {key: asked[key]}), None)
    return Menu("rule", tuple(choices), chosen or Choice(str(asked[key])[:80], {key: asked[key]}))


def _weeks(asked: Asked) -> Menu:
    choices = [
        Choice(f"{counted(weeks, 'week')}, {words}", {"weeks": weeks}) for weeks, words in WEEKS.items()
    ]
    return Menu(
        "weeks", tuple(choices), next(each for each in choices if each.change == {"weeks": asked["weeks"]})
    )


def _styles(found: PayAhead, asked: Asked) -> Menu:
    choices = [Choice(STYLES[basis][0], {"basis": basis}, STYLES[basis][1]) for basis in BASES]
    at = choices[BASES.index(found.basis)]
    if asked["stake"] is not None:
        at = Choice(
            f"{at.label}: {amount(asked['stake'], 'NMR')}", {"stake": asked["stake"], "basis": found.basis}
        )
        choices = [at, Choice("My own stake again", {"stake": None}), *choices]
    return Menu("risk", (*choices, Choice("Another stake …", "stake")), at)


def _numbers(found: PayAhead) -> Card:
    rows: list[str] = []
    for line in found.lines:
        past = line.ahead.past
        rows += [
            f"{line.told.words}.",
            f"{counted(line.rounds, 'final round')}, {span(line.first, line.last)}: mean {points(past.mean)} "
            f"a round (95 %: {points(past.low)} to {points(past.high)}); taken to be "
            f"{points(line.ahead.mean)}{line.why}{_luck(line)}.",
            f"If that past mean were certain: {_band(line.ahead.alone)}.",
            f"With its error, as the card has it: {_band(line.ahead.wide)}.",
        ]
    return Card("Every rule in numbers", bullets(rows), after=NINE_OF_TEN, colour=AMBER)


def _luck(line: AheadLine) -> str:
    if math.isnan(line.kept):
        return ""
    return f", since {percent(1 - line.kept)} of its distance to the mean of everyone in this data is luck"


def _band(of: Outlook) -> str:
    return (
        f"{share_told(of.low)} to {share_told(of.high)}, middle {share_told(of.median)}; a loss "
        f"{chances(of.loss)}, more than a fifth below the highest point {chances(of.deep)}"
    )


def _method(found: PayAhead) -> Card:
    paired = "the same for every rule" if found.same_rounds else "of each rule's own record"
    rows = [
        f"{counted(found.rounds, 'round')} ahead are drawn from the final rounds on record, {paired}, in "
        f"blocks of {counted(found.block, 'neighbour')}, twice as many as overlap: {WAYS:,} times.",
        f"Each is paid at the payout factor and clip of round {found.factor_round}, and its pay joins the "
        f"stake {counted(found.lag, 'round')} later, as the calendar has it; a round risks "
        f"{percent(found.share)} of the stake.",
        "The mean of the record is drawn towards everyone's by how much of the spread between models is "
        "chance, and varies from way to way by its own error (Efron and Morris 1975).",
        "A round without a stake counts too: its scores say what it would have paid.",
        HELD,
    ]
    return Card("How it is made", bullets(rows), colour=AMBER)


def _assumed(found: PayAhead) -> Card:
    return Card("What was assumed, and what to know", bullets([*NOT_IN_IT, *found.notes]), colour=AMBER)
