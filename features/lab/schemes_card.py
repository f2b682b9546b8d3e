"""The answers of the lab: schemes side by side, one of them in full, and what splitting gains."""

import math
from functools import partial

from features.lab.schemes import TRIED, SchemesCompared
from features.lab.schemes_chart import picture_of_schemes, picture_of_splitting
from features.lab.splitting import SplitTest
from features.simulation.by_round.meta_model_effect import FIRST_ORDER
from features.simulation.impact_chart import picture_of_weights
from features.simulation.impact_details_card import (
    META_MODEL,
    apart_of,
    largest_of,
    meta_model_line,
    weight_pages,
)
from features.simulation.weights import WeightImpact
from ui.answer import Answer, Asked, Choice, Menu, text_field
from ui.card import AMBER, Card, bullets
from ui.text import plain
from wording.numbers import amount, counted, number, percent, whole

COMPARE_FIELDS = {
    "scheme": text_field("scheme", "Another scheme", "A scheme as in proposals", "Like cap 3%, or gate 0.4")
}
SPLIT_FIELDS = COMPARE_FIELDS
NOT_PAY = "Weights in the meta model are not payouts: what changing both would pay is told apart."
GUESSED = "accounts guessed from models' names"


def compared_answer(found: SchemesCompared, asked: Asked) -> Answer:
    """The reply to `/weights compare`."""
    menu = _schemes(asked, Choice("All schemes", {"scheme": None}))
    if found.chosen is None:
        pages = (
            _table_page(found),
            _effects_page(found),
            _newcomers_page(found),
            _not_applied_page(found),
        )
        return Answer(_overview(found), (menu,), pages)
    impact = found.chosen.impact
    if impact is None:
        card = Card(
            "This scheme can't be applied here", plain(found.chosen.why_not), small=_small(found, None)
        )
        return Answer(card, (menu,), (_table_page(found),))
    pages = [
        Card(name, text, draw, after=found.how_many if name == META_MODEL else "", colour=AMBER)
        for name, text, draw in weight_pages(impact)
        if text
    ]
    newcomer = Card("A newcomer's view", found.newcomer or "It can't be told.", colour=AMBER)
    fading, typed = found.fading, found.chosen.typed
    today = f"By stake, as today: {fading.told('stake')}." if fading.fading else ""
    faded = Card(
        "If skill fades",
        plain("\n".join((fading.finding(typed, found.chosen.words), today)).strip()),
        after=fading.basis,
        colour=AMBER,
    )
    assumed = [NOT_PAY, "Assumes nobody changes behaviour.", found.how_many, *found.notes]
    assumed += [impact.basis] if impact.basis else []
    card = Card(
        plain(impact.finding.removesuffix(".")),
        f"{percent(impact.moved)} of all weight moves; {largest_of(impact)}.{meta_model_line(impact)}",
        partial(picture_of_weights, impact),
        f"**How sure** {apart_of(impact) or 'Every account is taken as verified.'}",
        _small(found, impact),
        AMBER,
    )
    return Answer(
        card, (menu,), (*pages, newcomer, faded, Card("What was assumed", bullets(assumed), colour=AMBER))
    )


def split_answer(found: SplitTest, asked: Asked) -> Answer:
    """The reply to `/weights split-test`."""
    gain = float(found.gains[-1])
    guessed = f" · {GUESSED}" if found.guessed else ""
    rows = [
        f"{counted(int(parts), 'part')}: "
        + ("nothing to tell" if math.isnan(each) else f"{number(each)} times the weight")
        for parts, each in zip(found.parts, found.gains, strict=True)
    ]
    card = Card(
        plain(f"{found.finding[:1].upper()}{found.finding[1:]}".removesuffix(".")),
        f"With {plain(found.words)} it weighs {number(100 * found.whole)} % whole, "
        f"for {amount(found.stake, 'NMR')}.",
        None if math.isnan(gain) else partial(picture_of_splitting, found),
        "**How sure** It is arithmetic, if each part counts as an account of its own with the score of the "
        "whole. Who can tell that parts are one person takes the gain away.",
        f"{found.source}, {found.day}{guessed}",
        AMBER,
    )
    return Answer(card, (_schemes(asked, None),), (Card("By parts", bullets(rows), colour=AMBER),))


def _overview(found: SchemesCompared) -> Card:
    if not found.of_everybody:
        return Card(plain(found.finding), small=_small(found, None))
    today = found.of_everybody[0][1]
    return Card(
        plain(found.finding.removesuffix(".")),
        f"Now: effective number {whole(today.spread.effective[0])}, the largest weighs "
        f"{number(100 * today.spread.largest[0])} %.",
        partial(picture_of_schemes, found),
        f"**How sure** {found.how_many} {_apart_today(today)}",
        _small(found, today),
        AMBER,
    )


def _apart_today(impact: WeightImpact) -> str:
    if impact.apart is None:
        return ""
    return (
        f"Today {whole(impact.apart.half[0])} hold half if the {counted(impact.apart_models, 'model')} of "
        "one guessed account are counted apart."
    )


def _small(found: SchemesCompared, impact: WeightImpact | None) -> str:
    guessed = f" · {GUESSED}" if impact is not None and impact.guessed else ""
    return f"{found.source}, {found.day}{guessed} · advisory, not binding on Numerai"


def _table_page(found: SchemesCompared) -> Card:
    rows = [
        f"{typed}{_among(each)}: {whole(each.spread.half[1])} hold half, effective number "
        f"{whole(each.spread.effective[1])}, largest weight {number(100 * each.spread.largest[1])} %, "
        f"{percent(each.moved)} moved, ten parts: {_times(each.splitting)}"
        for typed, each in found.applied
    ]
    more = "Pick one for how fast weight leaves an account whose skill fades."
    return Card(
        "Every scheme in numbers", bullets(rows) or "None.", after=f"{found.how_many} {more}", colour=AMBER
    )


def _effects_page(found: SchemesCompared) -> Card:
    rows = [
        f"{typed}: {effect.told}, {percent(effect.moved)} moved, {counted(effect.rounds.size, 'round')}"
        for typed, effect in found.effects
        if effect.rounds.size
    ]
    first = next((each for _, each in found.effects if each.rounds.size), None)
    said = f"{plain(found.effects_finding)}\nChange of its CORR a round, 95 % interval:\n{bullets(rows)}"
    after = "" if first is None else f"{first.common} {FIRST_ORDER} {NOT_PAY}"
    return Card(META_MODEL, said if rows else plain(found.effects_finding), after=after, colour=AMBER)


def _newcomers_page(found: SchemesCompared) -> Card:
    rows = [f"{typed}: {line}" for typed, line in found.newcomers]
    skill = found.fading.recorded or found.fading.paid
    after = found.how_many if skill is None else f"{skill.basis} {found.how_many}"
    return Card("A newcomer's view", bullets(rows), after=after, colour=AMBER)


def _not_applied_page(found: SchemesCompared) -> Card:
    left = [f"{each.typed}: {each.why_not}" for each in found.tried if each.impact is None]
    return Card("What can't be applied", bullets(left) or "All of them can.", colour=AMBER)


def _among(impact: WeightImpact) -> str:
    """Where a scheme weighs some alone, of whom its numbers are, and how it is among them today."""
    if not impact.left_out:
        return ""
    half, left = whole(impact.spread.half[0]), percent(impact.left_out_stake)
    return f" (of {impact.who}, without {left} of stake; today {half} of them hold half)"


def _times(gain: float) -> str:
    return "not told" if math.isnan(gain) else f"{number(gain)} times the weight"


def _schemes(asked: Asked, first: Choice | None) -> Menu:
    choices = [*([first] if first else []), *(Choice(each, {"scheme": each}) for each in TRIED)]
    chosen = next((each for each in choices if each.change == {"scheme": asked["scheme"]}), None)
    chosen = chosen or Choice(str(asked["scheme"])[:80], {"scheme": asked["scheme"]})
    return Menu("scheme", (*choices, Choice("Another scheme …", "scheme")), chosen)
