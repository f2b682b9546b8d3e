"""Where an interaction came from: its server, and the tongues of who asks and of who else reads."""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import MappingProxyType
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Location

from wording.tongue import (
    CHOICE,
    COMMAND,
    OPTION,
    catalogues,
    hear,
    read_all,
    spoken,
    tongue_of,
    translated,
)


def guild_of(interaction: discord.Interaction) -> discord.Guild:
    """The server it came from; refused, as Discord refuses it, where there is none."""
    if interaction.guild is None:
        raise app_commands.NoPrivateMessage
    return interaction.guild


def hear_member(interaction: discord.Interaction) -> None:
    """Speak from here on as the member reads who asks."""
    hear(interaction.locale.value)


def servers_tongue(interaction: discord.Interaction) -> AbstractContextManager[None]:
    """Speak as the server reads, for what everybody there sees."""
    return spoken(interaction.guild_locale.value if interaction.guild_locale else None)


# of whatever has no context the whole text says what is meant
CONTEXTS: Mapping[Location, str] = MappingProxyType(
    {
        Location.command_name: COMMAND,
        Location.group_name: COMMAND,
        Location.parameter_name: OPTION,
        Location.choice_name: CHOICE,
    }
)


class CommandTongues(app_commands.Translator):
    """What Discord shows of the commands, in every tongue that has a catalogue."""

    async def load(self) -> None:
        """Read the catalogues."""
        await asyncio.to_thread(read_all)

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """A name or a description; None where the English one stays."""
        return translated(string.message, tongue_of(locale.value), CONTEXTS.get(context.location, ""))


def digest_of_commands(tree: app_commands.CommandTree[Any]) -> str:
    """What changes with anything that Discord is told of the commands: their English, and the catalogues.

    To look up every name in every tongue first takes most of a start.
    """
    told = [command.to_dict(tree) for command in tree.get_commands()]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode() + catalogues()).hexdigest()
