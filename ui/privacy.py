"""The card that lists what the bot keeps about a member."""

from collections.abc import Mapping, Sequence
from typing import Any

import discord
from discord.utils import escape_markdown

from ui.card import GREY


def kept_card(kept: Mapping[str, Sequence[Mapping[str, Any]]], why: Mapping[str, str]) -> discord.Embed:
    """Every table with the member's rows in it, and what it is for."""
    card = discord.Embed(title="What is kept about you", colour=GREY)
    for table, rows in kept.items():
        lines = [why[table]] + [
            "• "
            + escape_markdown(
                ", ".join(f"{k} {v}" for k, v in row.items() if k != "member_id" and v is not None)
            )
            for row in rows[:3]
        ]
        if len(rows) > 3:
            lines.append(f"and {len(rows) - 3} more: see /privacy export")
        card.add_field(
            name=f"{table.replace('_', ' ').capitalize()}: {len(rows)}",
            value="\n".join(lines)[:1024],
            inline=False,
        )
    card.set_footer(text="/privacy export gives it as a file, /privacy delete removes it")
    return card
