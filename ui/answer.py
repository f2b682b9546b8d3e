"""What a question is answered with: a card, the menus that change the question, and what stands behind."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import discord

from ui.card import Card, Message, fitting, message_of, row_of
from ui.drawing import DrawingThread
from ui.text import as_read, caption
from wording.tongue import say

Asked = Mapping[str, Any]  # a question's arguments, as they are stored
TYPED = "type "  # a choice whose value begins so opens the form of that field


@dataclass(frozen=True)
class Choice:
    """A line of a menu and what it changes in the question, or the field whose form it opens."""

    label: str
    change: Asked | str
    more: str = ""


@dataclass(frozen=True)
class Menu:
    """One thing about the question that can be changed by a tap; `chosen` tells what it is now."""

    name: str
    choices: tuple[Choice, ...]
    chosen: Choice


@dataclass(frozen=True)
class Field:
    """Something about the question that can be typed; `read` makes a change of it, or raises ValueError."""

    title: str
    label: str
    hint: str
    read: Callable[[str], Asked]
    shown: Callable[[Asked], str] = lambda asked: ""  # what the form is filled with
    long: bool = False


def text_field(key: str, title: str, label: str, hint: str) -> Field:
    """A field whose text is the argument of that name as it stands."""
    return Field(title, label, hint, lambda text: {key: text}, lambda asked: asked[key] or "")


ROUNDS = text_field("rounds", "Rounds", "Which rounds", "20 (the last 20), 311-325, round 318 or all")


@dataclass(frozen=True)
class Answer:
    """The answer to a question as it is now."""

    card: Card
    menus: tuple[Menu, ...] = ()
    details: tuple[Card, ...] = ()  # pages of a second message


@dataclass(frozen=True)
class Question:
    """How a stored question is answered, by its name like "payout compare"."""

    # for the member who asks, or for others to see: then only what that member may show
    answer: Callable[[discord.Interaction, Asked, int | None], Awaitable[Answer]]
    fields: Mapping[str, Field] = field(default_factory=dict)
    typed: Mapping[str, str] = field(
        default_factory=dict
    )  # buttons that open the form of a field: its name -> the label
    files: Mapping[str, tuple[str, Callable[[discord.Interaction, Asked], Awaitable[discord.File]]]] = field(
        default_factory=dict
    )
    details: str = "Details"
    # the same whoever asks it, so that it is worked out once for all who ask within a minute
    everybodys: bool = False
    # asks it about the member who presses, where that makes another question of it
    mine: Callable[[discord.Interaction, Asked], Awaitable[None]] | None = None
    # asks it anew: about who is named in it, else about whom the member who asks linked
    go: Callable[[discord.Interaction, Asked], Awaitable[None]] | None = None
    # what is kept of a change that was typed: with the names that a name of the member's own stands for
    meant: Callable[[discord.Interaction, Asked], Awaitable[Asked]] | None = None
    # whether its answer holds amounts that may be shared in percentages only
    percent: Callable[[Asked], bool] = lambda asked: False


def pages_of(answer: Answer, small: str = "") -> list[Card]:
    """What stands behind an answer: what did not fit on its card, then its pages, each with that line."""
    _, *rest = fitting(answer.card)
    pages = (replace(page, small="\n".join(filter(None, (page.small, small)))) for page in answer.details)
    return [*rest, *(part for page in pages for part in fitting(page))]


async def page_message(
    drawing: DrawingThread,
    pages: Sequence[Card],
    page: int,
    menu: Callable[[list[discord.SelectOption]], discord.ui.Item[Any]],
) -> Message:
    """A page of what stands behind something, from 0, with a menu of the others where there are any.

    Raises ValueError where there is no page any more.
    """
    if not pages:
        raise ValueError("There is nothing more to tell of it.")
    page = min(page, len(pages) - 1)
    titles = [
        discord.SelectOption(
            label=caption(f"{at + 1}. {as_read(each.heading)}", 100), value=str(at), default=at == page
        )
        for at, each in enumerate(pages[:25])
    ]
    rows = [row_of(menu(titles))] if len(pages) > 1 else []
    return await message_of(drawing, [pages[page]], rows)


def options_of(menu: Menu) -> list[discord.SelectOption]:
    """The lines of a menu, each with what it changes as its value; two that change the same are one."""
    chosen = _value(menu.chosen)
    lines = {_value(choice): choice for choice in menu.choices}
    if chosen not in lines:
        lines = {chosen: menu.chosen, **lines}
    return [
        discord.SelectOption(
            label=caption(say(choice.label), 100),
            value=value,
            description=caption(say(choice.more), 100) or None,
            default=value == chosen,
        )
        for value, choice in list(lines.items())[:25]
    ]


def _value(choice: Choice) -> str:
    value = f"{TYPED}{choice.change}" if isinstance(choice.change, str) else json.dumps(dict(choice.change))
    if len(value) > 100:
        raise ValueError(f"too long for a line of a menu: {value}")
    return value
