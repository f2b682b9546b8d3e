"""What stands under the help: buttons that start what a member wants to know, a menu, a search."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import discord
from discord import app_commands

from features.server.help_card import (
    Command,
    called,
    command_card,
    find_commands,
    found_card,
    noun_card,
    overview_card,
)
from tools import Client, show_cards
from ui.card import Card, Row, row_of
from ui.errors import errors_answered
from ui.forms import TextForm, open_form
from wording.tongue import marked, say


@dataclass(frozen=True)
class Start:
    """What a member wants, and the command that does it without any option."""

    label: str
    command: str


STARTS: Mapping[str, Start] = MappingProxyType(
    {
        "pay": Start("What was I paid?", "payout show"),
        "rule": Start("What would I be paid?", "payout compare"),
        "stake": Start("Who holds the stake?", "stakes concentration"),
        "propose": Start("I have an idea", "proposal new"),
        "vote": Start("What is decided?", "poll list"),
    }
)
EVERYTHING, WHOLE_LIST = marked("every command"), marked("The whole list")


class HelpButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"help:(?P<verb>{'|'.join(STARTS)}|search):0",
):
    """Starts a command that needs no option, or searches for one."""

    def __init__(self, verb: str) -> None:
        label = say("Search" if verb == "search" else STARTS[verb].label)
        super().__init__(discord.ui.Button(label=label, custom_id=f"help:{verb}:0"))
        self.verb = verb

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "HelpButton":
        return cls(match["verb"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """Do what the button says, as if the command had been typed."""
        async with errors_answered(interaction):
            if self.verb == "search":
                await open_form(interaction, search_form())
                return
            client = _client(interaction)
            command = commands_of(client.tree)[STARTS[self.verb].command]
            if any(option.required for option in command.parameters):
                await show_cards(interaction, [command_card(command, client.mention)])
                return
            cog: Any = command.binding
            # as discord.py does before a command: a cog's own check may be a coroutine or not
            if not await discord.utils.maybe_coroutine(cog.interaction_check, interaction):
                raise app_commands.CheckFailure
            await command.callback(cog, interaction)  # type: ignore[call-arg]


class HelpMenu(discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"help:noun:0"):
    """The commands by what they are about."""

    def __init__(self, nouns: Mapping[str, str] | None = None) -> None:
        options = [
            discord.SelectOption(
                label=say(EVERYTHING).capitalize() if noun == EVERYTHING else called(noun).capitalize(),
                value=noun,
                description=say(about)[:100],
            )
            for noun, about in (nouns or {}).items()
        ]
        super().__init__(
            discord.ui.Select(
                custom_id="help:noun:0",
                placeholder=say("All commands, by what they are about"),
                options=options,
            )
        )

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "HelpMenu":
        return cls()

    async def callback(self, interaction: discord.Interaction) -> None:
        """Show them."""
        async with errors_answered(interaction):
            await show_cards(interaction, [card_about(_client(interaction), self.item.values[0])])


def start_row(*verbs: str) -> Row:
    """Buttons that start these."""
    return row_of(*(HelpButton(verb) for verb in verbs))


def help_rows(client: Client) -> list[Row]:
    """Everything under the help."""
    nouns: dict[str, str] = {}
    for name, command in commands_of(client.tree).items():
        nouns.setdefault(
            name.split()[0], command.parent.description if command.parent else command.description
        )
    first, *others = STARTS
    return [
        start_row(first, *others),
        row_of(HelpMenu(dict([*nouns.items()][:24]) | {EVERYTHING: WHOLE_LIST})),
        row_of(HelpButton("search")),
    ]


def card_about(client: Client, wanted: str) -> Card:
    """A command in full, all of a noun, or what was found by words. Raises ValueError where nothing was."""
    known = commands_of(client.tree)
    typed = wanted.strip().lstrip("/").casefold()
    if typed in (EVERYTHING, say(EVERYTHING).casefold()):
        return overview_card(list(known.values()), client.mention)
    of_noun: list[Command] = []
    for name, command in known.items():
        if typed in (name, called(name).casefold()):
            return command_card(command, client.mention)
        noun = name.split()[0]
        of_noun += [command] if typed in (noun, called(noun).casefold()) else []
    if of_noun:
        return noun_card(of_noun[0].qualified_name.split()[0], of_noun, client.mention)
    return found_card(wanted, find_commands(wanted, known), client.mention)


def commands_of(tree: app_commands.CommandTree[Any]) -> dict[str, Command]:
    """Every command by its name, in the order of their names."""
    return {
        command.qualified_name: command
        for command in sorted(tree.walk_commands(), key=lambda command: command.qualified_name)
        if isinstance(command, app_commands.Command)
    }


def search_form() -> TextForm:
    """The form in which words are searched for."""
    hint = "Like stake, recount or reminder"
    return TextForm("Search", "What are you looking for?", hint, "", _search, name="help:search:0")


async def _search(interaction: discord.Interaction, words: str) -> None:
    await show_cards(interaction, [card_about(_client(interaction), words)])


def _client(interaction: discord.Interaction) -> Client:
    assert isinstance(interaction.client, Client)
    return interaction.client
