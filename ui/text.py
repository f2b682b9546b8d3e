"""Members' text as it may stand on a card, and cards cut to Discord's limits."""

import discord
from discord.utils import escape_markdown

ADVISORY = "Advisory, not binding on Numerai."
MESSAGE = 6000  # characters that all cards of a message may have together


def plain(text: str) -> str:
    """What a member wrote, so that it neither formats nor pings nor hides a link."""
    return escape_markdown(discord.utils.escape_mentions(text))


def shortened(text: str, most: int) -> str:
    """A text that fits, cut with an ellipsis and not inside an escape."""
    if len(text) <= most:
        return text
    return text[: most - 1].rstrip("\\") + "…"


def fitted(card: discord.Embed, room: int) -> discord.Embed:
    """The card cut to so many characters in all: first its text, then its longest fields."""
    text = card.description or ""
    card.description = shortened(text, max(300, len(text) - max(0, len(card) - room)))
    for at, field in sorted(enumerate(card.fields), key=lambda item: -len(item[1].value or "")):
        value = field.value or ""
        most = max(100, len(value) - max(0, len(card) - room))
        card.set_field_at(at, name=field.name, value=shortened(value, most), inline=False)
    return card
