"""The weekly summary as a post: one message with what to do, and the pages of its thread."""

from collections.abc import Sequence
from typing import Any

import discord
from discord.utils import format_dt

from features.digest.summary import ToDo, Told, Waiting
from governance.digest.summary import Summary, is_quiet, week_in_words
from governance.digest.text import as_markdown, as_pages, one_line
from ui.card import AMBER, GREY, Card, Draw, Row, bullets, row_of, section, sections
from wording.numbers import counted

PAGE = 3900  # characters of a page of the thread
ADVISORY = "Advisory, not binding on Numerai"
NOTICES = 1000  # characters of what there is to be said of the rule
MOST_DECIDED, DECISION = 2, 48  # lines of what was decided, and characters of each


def digest_cards(told: Told, *, draw: Draw | None = None, weekly: bool = True) -> list[Card]:
    """The headline first, then a card for each page of the thread; only the weekly one has its mark.

    draw: the chart of the trend; a quiet week goes without.
    """
    headline, *pages = as_pages(told.summary, PAGE)
    _, counts, span = headline.split("\n")
    quiet = is_quiet(told.summary)
    week = capital(week_in_words(told.summary.period.keys).rpartition(" ")[0])
    news = "a quiet one" if len(told.summary.period.keys) == 1 else "quiet ones"
    first = Card(
        f"{week}: {news if quiet else counts.split(' · ')[0]}",
        sections(
            counts if quiet else " · ".join(counts.split(" · ")[1:]),
            section("The rule", bullets(told.notices, NOTICES)) if told.notices else "",
            "\n".join(f"**{place}.** {_to_do(each)}" for place, each in enumerate(told.to_do, 1)),
        ),
        draw=None if quiet else draw,
        after=_decided(told.summary),
        small=f"{span}\n{mark(told.summary.period.key) if weekly else ADVISORY}",
        colour=GREY if quiet else AMBER,
    )
    return [first, *map(_page, pages)]


def _to_do(to_do: ToDo) -> str:
    until = f" ({to_do.ends} {format_dt(to_do.due, 'R')})" if to_do.due else ""
    return f"{one_line(to_do.what)}{until}"


def _decided(summary: Summary) -> str:
    """What was decided, in a few lines; the rest stands in the thread."""
    lines = [
        f"Poll {result.number}: {one_line(result.finding.removesuffix('.'), DECISION)}"
        + (f" ({counted(result.ballots, 'ballot')})" if result.views else "")
        for result in summary.results
    ] + [f"Proposal {each.number}: {one_line(each.what, DECISION)}" for each in summary.outcomes]
    more = len(lines) - MOST_DECIDED
    if more > 1:
        lines = [*lines[:MOST_DECIDED], f"and {more} more, in the thread"]
    return section("Decided", "\n".join(f"• {line}" for line in lines))


def _page(page: str) -> Card:
    """A page of the thread: its first heading is the card's."""
    heading, _, text = page.partition("\n")
    return Card(heading.removeprefix("## "), text.replace("\n## ", "\n### "), colour=GREY)


def mark(key: str) -> str:
    """What a posted summary carries, so that it is found again after a crash."""
    return f"{capital(week_in_words((key,)))} · advisory, not binding on Numerai"


def embed_mark(key: str) -> str:
    """What a summary carried in the footer of its embed, before there were cards of components."""
    return f"Week {key} · advisory, not binding on Numerai"


def capital(words: str) -> str:
    """The words as the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def waiting_card(waiting: Waiting) -> Card:
    """What waits for one member."""
    lines = [f"• {one_line(line)}" for line in waiting.lines]
    kept = len(lines)
    while len("\n".join(lines[:kept])) > PAGE:
        kept -= 1
    more = [f"and {len(lines) - kept} more"] if kept < len(lines) else []
    count = len(waiting.lines)
    return Card(
        f"{counted(count, 'thing waits', 'things wait')} for you" if count else "Nothing waits for you",
        "\n".join([*lines[:kept], *more]) or "Nothing: all done.",
        colour=AMBER if lines else GREY,
    )


def rows_of(to_do: Sequence[ToDo]) -> list[Row]:
    """The buttons that do these things: those that stand under the polls and proposals themselves."""
    return (
        [row_of(*(discord.ui.Button[Any](label=each.label, custom_id=each.custom_id) for each in to_do))]
        if to_do
        else []
    )


def as_file(told: Told) -> str:
    """The summary with its notices as Markdown."""
    notices = "".join(f"\n- {notice}" for notice in told.notices)
    return as_markdown(told.summary) + (f"\n## The rule\n{notices}\n" if notices else "")
