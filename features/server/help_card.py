"""Cards that explain the commands, read off the commands themselves."""

import inspect
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import discord
from discord import app_commands

from ui.card import BLUE, FIELD

Commands = Sequence[app_commands.Command[Any, ..., Any]]


def overview_card(commands: Commands) -> discord.Embed:
    """Every command by its name, under its noun."""
    card = discord.Embed(
        title="What a payout rule does to you, and a say in the next one",
        description="New here? `/account link` picks your model, then `/payout compare` shows your pay under "
        "another rule. No model yet? Put `everyone` into “who”.",
        colour=BLUE,
    )
    for noun, members in groupby(commands, key=lambda command: command.qualified_name.split()[0]):
        each = list(members)
        about = each[0].parent.description if each[0].parent else each[0].description
        names = " ".join(f"`/{command.qualified_name}`" for command in each)
        card.add_field(name=noun.capitalize(), value=f"{about}\n{names}"[:FIELD], inline=False)
    card.set_footer(
        text="Answers are private until you share them. /help command:proposal explains what is there."
    )
    return card


def noun_card(noun: str, commands: Commands) -> discord.Embed:
    """Every command of a noun with what it is for."""
    card = discord.Embed(title=f"/{noun}", colour=BLUE)
    card.description = "\n".join(
        f"`/{command.qualified_name}` {command.description}" for command in commands
    )[:4096]
    card.set_footer(text="/help command:… explains one of them in full.")
    return card


def command_card(command: app_commands.Command[Any, ..., Any]) -> discord.Embed:
    """One command with everything its docstring and its options say."""
    text = inspect.getdoc(command.callback) or command.description
    card = discord.Embed(title=f"/{command.qualified_name}", description=text[:4096], colour=BLUE)
    for option in command.parameters:
        name = f"{option.display_name}{'' if option.required else ' (optional)'}"
        card.add_field(name=name, value=str(option.description), inline=False)
    return card
