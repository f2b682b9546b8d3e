"""The answer to whether a fall is unusual."""

import math
from functools import partial

from features.plan.drawdown import MEASURES, UnusualFall
from features.plan.drawdown_chart import picture_of_fall
from ui.answer import Answer, Asked, Choice, Menu, text_field
from ui.card import AMBER, Card, bullets
from ui.text import plain
from wording.numbers import counted, number, percent

WHOSE = "whose"
DRAWDOWN_FIELDS = {WHOSE: text_field("name", "Whose record", "A model or an account", "Like model_07585")}
SAYS_NOT = (
    "It tells how often chance alone makes such a fall in so many rounds. It does not tell whether the next "
    "rounds go on like this, nor whether what fell will come back."
)


def drawdown_answer(found: UnusualFall, asked: Asked) -> Answer:
    """The reply to `/plan drawdown`."""
    pages = (
        Card("By each way of treating overlap", _treatments(found), colour=AMBER),
        Card("How deep, and for how long", _how_long(found), colour=AMBER),
        Card("What was assumed", bullets(_assumed(found)), colour=AMBER),
    )
    return Answer(_card(found), _menus(found, asked), pages)


def _card(found: UnusualFall) -> Card:
    small = f"{found.source}, until {found.until} · final rounds alone"
    if not found.fall.depth:
        after = "**How sure** A record that has not fallen yet is no sign that it will not."
        return Card(
            plain(found.finding.removesuffix(".")), "", partial(picture_of_fall, found), after, small, AMBER
        )
    return Card(
        plain(f"{found.whose}: a fall of {found.depth} is {found.verdict}"),
        f"Of records like this one {found.shares} fall as deep by chance. {_where(found)}",
        partial(picture_of_fall, found),
        f"**How sure** A range, because {counted(found.overlap, 'round')} are open at once: were they "
        f"independent, it would be {percent(found.chances.independent)}, which misleads."
        if found.overlap > 1
        else "**How sure** A range, by how far neighbouring rounds are taken to depend on each other.",
        small,
        AMBER,
    )


def _where(found: UnusualFall) -> str:
    fall = found.fall
    told = f"It fell in {found.when}"
    if fall.recovered is not None:
        return f"{told} and was back by round {found.numbers[fall.recovered - 1]}."
    return f"{told} and has been below its best for {counted(fall.now, 'round')} now."


def _treatments(found: UnusualFall) -> str:
    chances = found.chances
    rows = [
        ("Blocks of neighbouring rounds, closed to a ring", chances.circular),
        ("Blocks of random length", chances.stationary),
        ("Normal rounds as alike as these within the overlap", chances.own_average),
        ("Normal rounds that share equally what they overlap", chances.equal_average),
        ("Independent stretches with the long-run variance", chances.long_run),
    ]
    lines = [f"{name}: {percent(share)}" for name, share in rows if not math.isnan(share)]
    lines.append(
        f"Rounds drawn one by one, as if independent, which they are not: {percent(chances.independent)}"
    )
    return bullets(lines) + (
        f"\nShare of records of {counted(found.numbers.size, 'round')} with the same mean that fall as deep; "
        f"blocks of {counted(chances.block, 'round')}."
    )


def _how_long(found: UnusualFall) -> str:
    low, middle, high = (number(found.measure.times * each) + found.measure.unit for each in found.usual)
    fall, rounds = found.fall, found.numbers.size
    return bullets(
        (
            f"The deepest fall: {found.depth}. Of records like it half fall deeper than {middle}, one in ten "
            f"less than {low}, one in ten more than {high}.",
            f"The longest stretch below its best so far: {counted(fall.longest, 'round')}, "
            f"{percent(fall.longest / rounds)} of the record.",
            f"Below its best now: {counted(fall.now, 'round')}." if fall.now else "It is at its best now.",
            "A record without any drift is below its best for 63 % of its length in one stretch, on average: "
            "a long one is no sign by itself.",
        )
    )


def _assumed(found: UnusualFall) -> tuple[str, ...]:
    notes = [
        SAYS_NOT,
        "Rounds to come are taken to be like those seen, with the same mean, itself uncertain.",
    ]
    if found.missing:
        notes.append(f"Left out: {counted(found.missing, 'round')} between without a value.")
    if found.kind == "account":
        notes.append("An account's round is the mean of its models, weighted by stake.")
    return (
        *notes,
        *found.notes,
        "Sources: Politis and Romano 1992 and 1994 (blocks), Magdon-Ismail and others 2004 (what to expect).",
    )


def _menus(found: UnusualFall, asked: Asked) -> tuple[Menu, ...]:
    theirs = Choice(found.whose[:80], {"name": asked["name"]})
    whose = (Choice("The meta model", {"name": None, "measure": "corr"}), Choice("Another name …", WHOSE))
    chosen = theirs if asked["name"] is not None else whose[0]
    menus = [Menu("whose", whose if asked["name"] is None else (theirs, *whose), chosen)]
    if asked["name"] is not None:
        of = tuple(Choice(f"Of {each.words}", {"measure": each.typed}) for each in MEASURES.values())
        at = next(each for each in of if each.change == {"measure": asked["measure"]})
        menus.append(Menu("measure", of, at))
    return tuple(menus)
