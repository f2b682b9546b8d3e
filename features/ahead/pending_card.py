"""The answer to `/ahead rounds`: where open rounds stand, and where they may end."""

import math
from functools import partial

from features.ahead.pending import SHOWN, OpenRounds, StandingRound
from features.ahead.pending_chart import picture_of_standing
from ui.answer import Answer
from ui.card import BLUE, GREY, Card, bullets, section, sections
from ui.text import plain
from wording.numbers import counted, number, plus_minus, score_name, shortened, spans

ROWS = 12  # rounds on a page of the table
METHOD = (
    "Of each round that ended, what it would have paid by its scores on the same day is taken from what it "
    "paid by its last ones, under the rule of the open round; the 5th, 50th and 95th of 100 such changes are "
    "added to what the open round stands at. It assumes that rounds change as they did before."
)


def standing_answer(found: OpenRounds) -> Answer:
    """The card, and every open round behind it."""
    of = "" if found.asked == found.model else f", the one of {plain(found.asked)} with the most at risk"
    newest = found.rounds[-1] if found.rounds else None
    unscored = (
        f"No score yet: {counted(len(found.unscored), 'newer round')}." if found.unscored and newest else ""
    )
    card = Card(
        plain(found.finding),
        text="\n".join(filter(None, (newest and _line(newest), unscored))),
        draw=partial(picture_of_standing, found) if found.rounds else None,
        after=found.how_sure,
        small=f"{plain(shortened(found.model))}{of} · {found.source}"
        + (f" · the newest {SHOWN} with a score are drawn" if len(found.rounds) > SHOWN else ""),
        colour=BLUE if found.rounds else GREY,
    )
    if not found.rounds:
        return Answer(card)
    notices = section("What to know", bullets([*found.notices, *_without(found)]))
    how = sections(METHOD, f"Paid by {found.pays}.", notices)
    return Answer(card, details=(*_tables(found), Card("How it is worked out", how)))


def _line(each: StandingRound) -> str:
    """ "Round 1390, day 12: +0.62 % now, ends between −0.40 and +2.10 % in nine of ten cases"."""
    told = f"Round {each.number}, day {each.day}: {plus_minus(100 * each.now, 2)} % of the NMR in it now"
    if math.isnan(each.low):
        return told
    low, high = (plus_minus(100 * bound, 2) for bound in (each.low, each.high))
    return f"{told}; nine of ten alike ended between {low} and {high} %"


def _without(found: OpenRounds) -> list[str]:
    return [f"No score yet: {spans(found.unscored)}."] if found.unscored else []


def _tables(found: OpenRounds) -> list[Card]:
    """Every open round, the newest first."""
    rows = found.rounds[::-1]
    pages = [rows[at : at + ROWS] for at in range(0, len(rows), ROWS)]
    return [
        Card(
            "Every open round" + (f", page {at + 1}" if at else ""),
            "\n".join(f"• {_line(each)} ({_behind(each)})" for each in page),
        )
        for at, page in enumerate(pages)
    ]


def _behind(each: StandingRound) -> str:
    """The scores of a round, and when it is final, where that is told."""
    scores = ", ".join(f"{score_name(score)} {number(value)}" for score, value in each.scores.items())
    return scores if each.resolves is None else f"{scores}; final {each.resolves}"
