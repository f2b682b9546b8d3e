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
from wording.tongue import COMMAND, OPTION, marked, reader, say, translated

Command = app_commands.Command[Any, ..., Any]
Mention = Callable[[str], str]  # of a command by its name: one that can be clicked, where its id is known
MOST_FOUND = 8
MOST_VOTES = 3
IN_FULL = marked("/help command:… explains one of them in full.")


def welcome_card(mention: Mention, polls: Sequence[Poll] = ()) -> Card:
    """What to start with; the buttons below it ask. polls: the open ones of the server."""
    return Card(
        say("What do you want to know?"),
        sections(
            section(say("Being decided now"), _votes(polls)),
            say(
                "New here? {link} picks your model, and answers are about you from then on. "
                "No model yet? Put `everyone` into “who”.",
                link=mention("account link"),
            ),
        ),
        after=say("The menu has all commands, Search finds one by words."),
        small=say("Answers are private until you share them."),
    )


def _votes(polls: Sequence[Poll]) -> str:
    """The polls that end first: whoever joins while they run was not there when they were posted."""
    seen = sorted((poll for poll in polls if poll.hidden_reason is None), key=lambda poll: poll.closes_at)
    return "\n".join(
        say(
            "{poll}, until {end} {link}",
            poll=plain(shortened(poll.title, 80)),
            end=f"<t:{int(poll.closes_at.timestamp())}:R>",
            link=message_link(poll.guild_id, poll.thread or poll.channel, poll.message),
        )
        for poll in seen[:MOST_VOTES]
    )


def called(name: str) -> str:
    """A command's or a noun's name as the reader's Discord shows it."""
    return " ".join(translated(word, reader(), COMMAND) or word for word in name.split())


def overview_card(commands: Sequence[Command], mention: Mention) -> Card:
    """Every command by its name, under its noun."""
    parts: list[str] = []
    for noun, members in groupby(commands, key=lambda command: command.qualified_name.split()[0]):
        each = list(members)
        about = say(each[0].parent.description if each[0].parent else each[0].description)
        name = called(noun).capitalize()
        parts.append(section(f"{name}: {about}", " ".join(mention(one.qualified_name) for one in each)))
    return Card(say("Everything you can type"), sections(*parts), colour=BLUE)


def noun_card(noun: str, commands: Sequence[Command], mention: Mention) -> Card:
    """Every command of a noun with what it is for."""
    many = noun if noun.endswith("s") or called(noun) != noun else f"{noun}s"
    heading = say("What there is about {noun}", noun=called(many))
    return Card(heading, _lines(commands, mention), small=say(IN_FULL))


def found_card(words: str, commands: Sequence[Command], mention: Mention) -> Card:
    """Commands that a search found, the best first."""
    heading = say("{count} found for “{words}”", count=len(commands), words=plain(words[:60]))
    return Card(heading, _lines(commands, mention), small=say(IN_FULL))


def command_card(command: Command, mention: Mention) -> Card:
    """One command with everything its docstring and its options say."""
    text = "\n\n".join(_own(part) for part in _parts(command))
    options: list[str] = []
    for option in command.parameters:
        name = translated(option.display_name, reader(), OPTION) or option.display_name
        told = name if option.required else say("{option} (optional)", option=name)
        options.append(section(told, say(str(option.description))))
    return Card(
        f"/{called(command.qualified_name)}", sections(mention(command.qualified_name), text, *options)
    )


def find_commands(words: str, commands: Mapping[str, Command]) -> list[Command]:
    """The commands that these words are about: those whose name has them before those that speak of them.

    Words may be the reader's own, or English.

    Raises ValueError where there is none, with the nearest name.
    """
    wanted = words.casefold().replace("/", " ").split()
    ranked: list[tuple[float, str]] = []
    for name, command in commands.items():
        described = [*_parts(command), *(str(option.description) for option in command.parameters)]
        text = " ".join([*described, *map(_own, described)]).casefold()
        names = f"{name} {called(name)}".casefold()
        hits = [2.0 if word in names else float(word in text) for word in wanted]
        if wanted and all(hits):
            ranked.append((-sum(hits), name))
    if not ranked:
        near = difflib.get_close_matches(" ".join(wanted), commands, n=1)
        offer = (
            say("Did you mean /{near}?", near=near[0])
            if near
            else say("Try fewer words, or type /help for the list.")
        )
        none = say("There is no command called “{words}”, and none that speaks of it.", words=words[:40])
        raise ValueError(f"{none} {offer}")
    return [commands[name] for _, name in sorted(ranked)[:MOST_FOUND]]


def _parts(command: Command) -> list[str]:
    """What its docstring says: the description, and each paragraph behind it."""
    return (inspect.getdoc(command.callback) or command.description).split("\n\n")


def _own(part: str) -> str:
    """It as the reader reads; a catalogue has it without the breaks of its lines."""
    return translated(" ".join(part.split()), reader()) or part


def _lines(commands: Sequence[Command], mention: Mention) -> str:
    return "\n".join(f"{mention(command.qualified_name)} {say(command.description)}" for command in commands)
