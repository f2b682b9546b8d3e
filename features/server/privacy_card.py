"""The card that lists what the bot keeps about a member."""

from collections.abc import Mapping, Sequence
from typing import Any

import discord

from ui.card import GREY, bullets
from ui.text import plain, shortened

ROOM = 250  # characters of a table: the card holds 6,000


def kept_card(
    kept: Mapping[str, Sequence[Mapping[str, Any]]], why: Mapping[str, str], otherwise: Sequence[str]
) -> discord.Embed:
    """Every table with the member's rows in it and what it is for, then what deleting leaves."""
    card = discord.Embed(title="What is kept about you", colour=GREY)
    for table, rows in kept.items():
        if not rows:
            continue
        lines = [why[table]] + [
            "• " + plain(", ".join(f"{k} {v}" for k, v in row.items() if k != "member_id" and v is not None))
            for row in rows[:3]
        ]
        more = f"\nand {len(rows) - 3} more: see /privacy export" if len(rows) > 3 else ""
        card.add_field(
            name=f"{table.replace('_', ' ').capitalize()}: {len(rows)}",
            value=shortened("\n".join(lines), ROOM - len(more)) + more,
            inline=False,
        )
    if nothing := [table.replace("_", " ") for table, rows in kept.items() if not rows]:
        card.add_field(name="Nothing in", value=", ".join(nothing), inline=False)
    card.add_field(name="What deleting leaves", value=bullets(otherwise), inline=False)
    card.set_footer(text="/privacy export gives it as a file, /privacy delete removes it")
    return card
