"""Members' text as it may stand on a card, and cards cut to Discord's limits."""

import discord
from discord.utils import escape_markdown

ADVISORY = "Advisory, not binding on Numerai."


def plain(text: str) -> str:
    """What a member wrote, so that it neither formats nor pings nor hides a link."""
    return escape_markdown(discord.utils.escape_mentions(text))


def shortened(text: str, most: int) -> str:
    """A text that fits, cut with an ellipsis and not inside an escape."""
    if len(text) <= most:
        return text
    return text[: most - 1].rstrip("\\") + "…"


def split_text(text: str, first: int, most: int) -> list[str]:
    """The text in parts: the first of at most `first` characters, the others of `most`.

    Cut between lines, else between sentences, else between words; at least one part, which may be empty.
    """
    parts: list[str] = []
    room = first
    while len(text) > room:
        at = max(text.rfind("\n", 0, room), 0) or max(text.rfind(". ", 0, room) + 1, 0)
        at = at or max(text.rfind(" ", 0, room), 0) or room
        parts.append(text[:at].rstrip())
        text, room = text[at:].lstrip(), most
    return [*parts, text]
