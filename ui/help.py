"""Cards that explain the commands, read off the commands themselves."""

import inspect
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import discord
from discord import app_commands

from ui.card import BLUE

Commands = Sequence[app_commands.Command[Any, ..., Any]]


def overview_card(commands: Commands) -> discord.Embed:
    """Every command in a line, by noun."""
    card = discord.Embed(
        title="What a payout rule does to you, and a say in the next one",
        description="New here? `/account link` picks your model, then `/payout compare` shows your pay under "
        "another rule. No model yet? Put `everyone` into “who”.",
        colour=BLUE,
    )
    for noun, members in groupby(commands, key=lambda command: command.qualified_name.split()[0]):
        lines = [f"`/{command.qualified_name}` {command.description}" for command in members]
        card.add_field(name=noun.capitalize(), value="\n".join(lines)[:1024], inline=False)
    card.set_footer(text="Answers are private until you share them. /help command:… explains one in full.")
    return card


def command_card(command: app_commands.Command[Any, ..., Any]) -> discord.Embed:
    """One command with everything its docstring and its options say."""
    text = inspect.getdoc(command.callback) or command.description
    card = discord.Embed(title=f"/{command.qualified_name}", description=text[:4096], colour=BLUE)
    for option in command.parameters:
        name = f"{option.display_name}{'' if option.required else ' (optional)'}"
        card.add_field(name=name, value=str(option.description), inline=False)
    return card
