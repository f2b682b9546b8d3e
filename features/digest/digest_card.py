"""The weekly summary as a post: one message and the pages of its thread."""

import discord

from features.digest.summary import Told, Waiting
from governance.digest.summary import is_quiet
from governance.digest.text import as_markdown, as_pages, one_line
from ui.card import AMBER, CHART, GREY, bullets

RULE = "The rule"  # the name of the field that says what changed
PAGE = 3900  # characters of a card's description
ADVISORY = "Advisory, not binding on Numerai"


def digest_cards(told: Told, *, weekly: bool = True) -> list[discord.Embed]:
    """The headline first, then a card for each page of the thread; only the weekly one has its mark."""
    headline, *pages = as_pages(told.summary, PAGE)
    title, _, says = headline.partition("\n")
    first = discord.Embed(title=title.lstrip("# "), description=says, colour=AMBER)
    if is_quiet(told.summary):
        first.colour = GREY
    if told.notices:
        first.add_field(name=RULE, value=bullets(told.notices), inline=False)
    first.set_footer(text=mark(told.summary.period.key) if weekly else ADVISORY)
    return [first, *(discord.Embed(description=page, colour=GREY) for page in pages)]


def with_chart(card: discord.Embed) -> discord.Embed:
    """The headline with its picture."""
    return card.set_image(url=f"attachment://{CHART}")


def mark(key: str) -> str:
    """What a posted summary carries, so that it is found again after a crash."""
    return f"Week {key} · advisory, not binding on Numerai"


def waiting_card(waiting: Waiting) -> discord.Embed:
    """What waits for one member."""
    card = discord.Embed(title="What waits for you", colour=AMBER if waiting.lines else GREY)
    lines = [f"• {one_line(line)}" for line in waiting.lines]
    kept = len(lines)
    while len("\n".join(lines[:kept])) > PAGE:
        kept -= 1
    more = [f"and {len(lines) - kept} more"] if kept < len(lines) else []
    card.description = "\n".join([*lines[:kept], *more]) or "Nothing: all done."
    return card


def as_file(told: Told) -> str:
    """The summary with its notices as Markdown."""
    notices = "".join(f"\n- {notice}" for notice in told.notices)
    return as_markdown(told.summary) + (f"\n## The rule\n{notices}\n" if notices else "")
