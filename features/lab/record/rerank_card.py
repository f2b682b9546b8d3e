"""The answer on where the best by one score stand by another."""

from functools import partial

from features.lab.record.rerank import Reranked, RerankedWindow, below, still
from features.lab.record.rerank_chart import picture_of_reranking
from ui.answer import ROUNDS, Answer, Choice, Menu
from ui.card import AMBER, Card, age_line, bullets
from ui.text import plain
from wording.numbers import counted, percent, score_name

RERANK_FIELDS = {"rounds": ROUNDS}
MOST_PAIRS = 25  # lines of a menu


def reranked_answer(found: Reranked) -> Answer:
    """The reply to `/record rerank`."""
    first, second = found.names
    window = found.window
    place = "" if found.place is None else f"\n{plain(found.place.told(first, second))}"
    card = Card(
        plain(found.finding.removesuffix(".")),
        f"In those other rounds {below(window.later)} are, by {second}. By luck alone half would be.{place}",
        partial(picture_of_reranking, found),
        f"**How sure** {_sure(found)}",
        f"{found.source}, {window.span}, {counted(window.other.n, 'model')}{age_line(found.asked_at)}",
        AMBER,
    )
    return Answer(card, (_menu(found),), (_windows_page(found), _meaning_page(found)))


def _sure(found: Reranked) -> str:
    earlier = found.range_of_windows
    stretches = counted(found.stretches, "independent stretch", "independent stretches")
    return f"These rounds hold {stretches}, too few for an interval. {earlier}".strip()


def _menu(found: Reranked) -> Menu:
    pairs = [(one, two) for one in found.scores for two in found.scores if one != two]
    shown = (found.scored_by, found.by)
    if shown not in pairs[:MOST_PAIRS]:
        pairs.insert(0, shown)
    choices = {pair: _choice(*pair) for pair in pairs[:MOST_PAIRS]}
    return Menu("pair", tuple(choices.values()), choices[shown])


def _choice(one: str, two: str) -> Choice:
    return Choice(f"Best by {score_name(one)}, again by {score_name(two)}", {"scored_by": one, "by": two})


def _windows_page(found: Reranked) -> Card:
    first, second = found.names
    rows = [_row(each, first, second) for each in (found.window, *found.windows)]
    return Card(
        "Window by window",
        bullets(rows),
        after="Windows share no day. Many were looked at, so the most extreme says little.",
        colour=AMBER,
    )


def _row(window: RerankedWindow, first: str, second: str) -> str:
    def told(which: str) -> str:
        each = getattr(window, which)
        return f"{below(each)} of {each.top} below ({percent(each.below_median)}), {still(each)} still there"

    return (
        f"{window.span}, {counted(window.other.n, 'model')}: by {second} {told('other')}; "
        f"by {first} itself in the second half {told('itself')}; "
        f"by {second} in the second half {told('later')}"
    )


def _meaning_page(found: Reranked) -> Card:
    first, second = found.names
    told = [
        f"{first} and {second} of the same rounds share the luck of these rounds; {first} of other rounds "
        f"does not. So the best may well stand better by {second} than by {first} itself.",
        f"Who was below the middle by {second} need not have built for it: models may be older than scores.",
        f"Rounds: {found.chosen}. By luck alone a tenth of the best would still be among the best.",
        "Models that have both scores in three of four rounds count, by their mean beyond that of the round.",
        "Other rounds: the best by the first half of these rounds, in the second half; those that share days "
        "with it are left out.",
        "Who falls is told as counts; a place by name only to whoever asks for their own.",
    ]
    return Card("What this can't say", bullets([*told, *([found.left] if found.left else [])]), colour=AMBER)
