"""What every command and button works with."""

import functools
from collections import deque
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from kept import KeptResults
from storage.database import Database, StorageError
from storage.upkeep.files import Copies
from tournament.source import Source, SourceError
from ui.card import Card, Row, message_of, send
from ui.drawing import DrawingThread
from ui.forms import Again
from ui.questions import Questions
from ui.text import caption
from wording.names import CHOICE, suggest_names
from wording.numbers import counted

SAMPLE = "sample"


@dataclass(frozen=True)
class Tools:
    """What every cog works with."""

    database: Database
    sources: Mapping[str, Source]  # by tournament, and the bundled "sample"
    drawing: DrawingThread
    now: Callable[[], datetime]
    copies: Copies  # of the database
    kept: KeptResults = field(default_factory=KeptResults)  # what many ask for
    scheduler: str = ""  # whose machines score members' files; "" for none

    def source(self, tournament: str) -> Source:
        """Where a tournament's numbers come from. Raises ValueError where there are none."""
        if tournament not in self.sources:
            there = " and ".join(name.title() for name in self.sources if name != SAMPLE)
            raise ValueError(f"There are no numbers of {tournament.title()[:20]} here: this bot has {there}.")
        return self.sources[tournament]


Offer = Callable[[Any, discord.Interaction, Any], Coroutine[Any, Any, list[app_commands.Choice[Any]]]]


class Client(commands.Bot):
    """The bot as its commands and buttons know it."""

    tools: Tools
    questions: Questions
    forms: dict[str, Again]  # what makes a form again after a restart, by the pattern of its name
    read_ahead: Collection[str] = ()  # tournaments whose API is read before anybody asks
    command_ids: Mapping[str, int] = MappingProxyType({})  # Discord's, of each first word; empty till known

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.submitted = deque[str](maxlen=1000)  # ids of forms that are taken: one may come twice

    def mention(self, command: str) -> str:
        """A command that can be clicked, like </payout compare:1>; plain where its id is not known."""
        known = self.command_ids.get(command.split()[0])
        return f"`/{command}`" if known is None else f"</{command}:{known}>"


def offering(complete: Offer) -> Offer:
    """What is offered while somebody types: nothing, where the finished command would be refused."""

    @functools.wraps(complete)
    async def offered(
        cog: Any, interaction: discord.Interaction, typed: Any
    ) -> list[app_commands.Choice[Any]]:
        try:
            return await complete(cog, interaction, typed)
        except (ValueError, StorageError, SourceError):
            return []

    return offered


async def complete_name(
    tools: Tools, interaction: discord.Interaction, typed: str
) -> list[app_commands.Choice[str]]:
    """Names to offer while somebody types one, of the tournament they have picked so far."""
    source = picked_source(tools, interaction)
    try:
        stakes = await source.stakes()
    except SourceError:
        stakes = None
    names = suggest_names(await source.names(), typed, stakes)
    return choices_of(names)


async def complete_names(
    tools: Tools, interaction: discord.Interaction, typed: str
) -> list[app_commands.Choice[str]]:
    """The same for the last of several names, behind those that stand before it already."""
    before, comma, last = typed.rpartition(",")
    offered = await complete_name(tools, interaction, last.strip())
    if not comma:
        return offered
    found = [(f"{before.strip()}, {each.name}", f"{before.strip()}, {each.value}") for each in offered]
    return choices_of((shown, value) for shown, value in found if len(value) <= CHOICE)


def choices_of(found: Iterable[tuple[str, Any]]) -> list[app_commands.Choice[Any]]:
    """What is offered while somebody types, of (what is shown, what it means)."""
    return [app_commands.Choice(name=caption(name, CHOICE), value=value) for name, value in found]


def picked_source(tools: Tools, interaction: discord.Interaction) -> Source:
    """The source of the tournament that is picked in a half-typed command; Classic's without one."""
    return tools.source(getattr(interaction.namespace, "tournament", None) or "classic")


async def content_of(file: discord.Attachment, most: int, what: str) -> bytes:
    """The bytes of a file. Raises ValueError where it has more than `most`: none of it is fetched then."""
    if file.size > most:
        raise ValueError(f"That file has {counted(file.size, 'byte')}; {what} has at most {most:,}.")
    return await file.read()


def tools_of(interaction: discord.Interaction) -> Tools:
    """The tools of the bot that got this interaction: for buttons, which outlive the cog that made them."""
    assert isinstance(interaction.client, Client)
    return interaction.client.tools


async def show_cards(
    interaction: discord.Interaction, cards: Sequence[Card], rows: Sequence[Row] = ()
) -> None:
    """Answer privately with cards, the rows of menus and buttons in the last."""
    await send(interaction, await message_of(tools_of(interaction).drawing, cards, rows))


def questions_of(interaction: discord.Interaction) -> Questions:
    """The questions of the bot that got this interaction."""
    assert isinstance(interaction.client, Client)
    return interaction.client.questions
