"""Cards that explain the commands, read off the commands themselves, and how one is found by words."""

import difflib
import inspect
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from discord import app_commands

from storage.polls.polls import Poll
from ui.card import BLUE, Card, section, sections
from ui.text import plain, shortened
from wording.message_links import message_link

Command = app_commands.Command[Any, ..., Any]
Mention = Callable[[str], str]  # of a command by its name: one that can be clicked, where its id is known
MOST_FOUND = 8
MOST_VOTES = 3


def welcome_card(mention: Mention, polls: Sequence[Poll] = ()) -> Card:
    """What to start with; the buttons below it ask. polls: the open ones of the server."""
    return Card(
        "What do you want to know?",
        sections(
            section("Being decided now", _votes(polls)),
            f"New here? {mention('account link')} picks your model, and answers are about you from then on. "
            "No model yet? Put `everyone` into “who”.",
        ),
        after="The menu has all commands, Search finds one by words.",
        small="Answers are private until you share them.",
    )


def _votes(polls: Sequence[Poll]) -> str:
    """The polls that end first: whoever joins while they run was not there when they were posted."""
    seen = sorted((poll for poll in polls if poll.hidden_reason is None), key=lambda poll: poll.closes_at)
    return "\n".join(
        f"{plain(shortened(poll.title, 80))}, until <t:{int(poll.closes_at.timestamp())}:R> "
        + message_link(poll.guild_id, poll.thread or poll.channel, poll.message)
        for poll in seen[:MOST_VOTES]
    )


def overview_card(commands: Sequence[Command], mention: Mention) -> Card:
    """Every command by its name, under its noun."""
    parts: list[str] = []
    for noun, members in groupby(commands, key=lambda command: command.qualified_name.split()[0]):
        each = list(members)
        about = each[0].parent.description if each[0].parent else each[0].description
        parts.append(
            section(f"{noun.capitalize()}: {about}", " ".join(mention(one.qualified_name) for one in each))
        )
    return Card("Everything you can type", sections(*parts), colour=BLUE)


def noun_card(noun: str, commands: Sequence[Command], mention: Mention) -> Card:
    """Every command of a noun with what it is for."""
    return Card(
        f"What there is about {noun}s" if not noun.endswith("s") else f"What there is about {noun}",
        _lines(commands, mention),
        small="/help command:… explains one of them in full.",
    )


def found_card(words: str, commands: Sequence[Command], mention: Mention) -> Card:
    """Commands that a search found, the best first."""
    heading = f"{len(commands)} found for “{plain(words[:60])}”"
    return Card(heading, _lines(commands, mention), small="/help command:… explains one of them in full.")


def command_card(command: Command, mention: Mention) -> Card:
    """One command with everything its docstring and its options say."""
    text = inspect.getdoc(command.callback) or command.description
    options = [
        section(f"{option.display_name}{'' if option.required else ' (optional)'}", str(option.description))
        for option in command.parameters
    ]
    return Card(f"/{command.qualified_name}", sections(mention(command.qualified_name), text, *options))


def find_commands(words: str, commands: Mapping[str, Command]) -> list[Command]:
    """The commands that these words are about: those whose name has them before those that speak of them.

    Raises ValueError where there is none, with the nearest name.
    """
    wanted = words.casefold().replace("/", " ").split()
    ranked: list[tuple[float, str]] = []
    for name, command in commands.items():
        text = " ".join(
            [command.description, inspect.getdoc(command.callback) or ""]
            + [str(option.description) for option in command.parameters]
        ).casefold()
        hits = [2.0 if word in name else float(word in text) for word in wanted]
        if wanted and all(hits):
            ranked.append((-sum(hits), name))
    if not ranked:
        near = difflib.get_close_matches(" ".join(wanted), commands, n=1)
        offer = f" Did you mean /{near[0]}?" if near else " Try fewer words, or type /help for the list."
        raise ValueError(f"There is no command called “{words[:40]}”, and none that speaks of it.{offer}")
    return [commands[name] for _, name in sorted(ranked)[:MOST_FOUND]]


def _lines(commands: Sequence[Command], mention: Mention) -> str:
    return "\n".join(f"{mention(command.qualified_name)} {command.description}" for command in commands)
