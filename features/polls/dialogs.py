"""The form of a new poll, and what becomes of it."""

import re
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import discord

from features.polls.opening import new_poll
from features.polls.posting import show_poll, verified_here
from governance.votes.rule import Rule
from storage.members.questions import recall, remember
from storage.polls.polls import Eligibility
from tools import tools_of
from ui.answer import Asked
from ui.forms import Again, Form, open_form, typed_in
from ui.server import guild_of

NEW = "poll new"  # under which name the settings of a poll are kept while its form is open


async def open_new_poll(interaction: discord.Interaction, asked: Asked) -> None:
    """Keep the settings of a poll, and open the form for the rest."""
    tools = tools_of(interaction)
    row = await remember(tools.database, interaction.user.id, NEW, asked, tools.now())
    await open_form(interaction, PollForm(row, asked))


class PollForm(Form):
    """The form of a new poll; its settings are those that were typed with the command."""

    keeps = True

    def __init__(self, row: int, asked: Asked) -> None:
        super().__init__("A poll", f"poll:new:{row}")
        self._asked = asked
        fields = [
            ("title", "The question", "One sentence", 200, True, False),
            ("description", "What one should know", "Optional", 1000, False, True),
        ]
        if asked["method"] == "numeric":
            fields.append(
                ("options", "The range", "Like 0 to 1 step 0.05; empty for any number", 60, False, False)
            )
        elif asked["method"] != "gradient":
            fields.append(
                ("options", "Options, one per line", "2 to 25, at most 80 characters each", 2100, True, True)
            )
        for name, text, hint, most, required, long in fields:
            field: discord.ui.TextInput[Any] = discord.ui.TextInput(
                custom_id=name,
                style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
                max_length=most,
                required=required,
            )
            self.add_item(discord.ui.Label(text=text, description=hint, component=field))

    @property
    def kept_as(self) -> str:
        """What was typed stands in the next form of a poll, whatever its settings."""
        return "poll:new"

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Open the poll, and say where it is."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        tools, guild, asked = tools_of(interaction), guild_of(interaction), self._asked
        view = await new_poll(
            tools.database,
            tools.source(asked["tournament"]),
            guild.id,
            interaction.user.id,
            {name: text or "" for name, text in typed_in(interaction).items()},
            method=asked["method"],
            lasts=timedelta(hours=asked["hours"]),
            eligibility=Eligibility(
                asked["role"], asked["server_days"], asked["account_days"], asked["verified"]
            ),
            quorum=asked["quorum"],
            rule=Rule(*asked["rule"]),
            members=await verified_here(tools, guild),
            now=tools.now(),
        )
        shown, told = await show_poll(tools, interaction.client, view, typed_in=interaction.channel)
        done = f"Poll #{view.poll.number} is {'open' if shown else 'kept, but not shown yet'}."
        await interaction.followup.send(f"{done} {told}".strip(), ephemeral=True)


async def _form_again(interaction: discord.Interaction, match: re.Match[str]) -> Form:
    stored = await recall(tools_of(interaction).database, int(match["row"]), interaction.user.id)
    if stored is None:
        raise ValueError("That form is too old, and no poll was opened: type /poll new again.")
    return PollForm(stored.question_id, stored.arguments)


POLL_FORMS: Mapping[str, Again] = MappingProxyType({r"poll:new:(?P<row>[0-9]{1,18})": _form_again})
