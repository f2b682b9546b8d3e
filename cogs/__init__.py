"""What people type: one file per noun; each command hears a question and says the answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import discord

from charts.style import DrawingThread
from storage.database import Database
from tournament.source import Source


@dataclass(frozen=True)
class Tools:
    """What every cog works with."""

    database: Database
    source: Source
    drawing: DrawingThread
    now: Callable[[], datetime]


def tools_of(interaction: discord.Interaction[Any]) -> Tools:
    """The tools of the bot that got this interaction: for buttons, which outlive the cog that made them."""
    return interaction.client.tools
