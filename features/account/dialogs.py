"""Asks a member who they are at Numerai."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import discord

from features.account.groups import names_meant
from features.account.link import EXAMPLE, NotLinkedError, asked_about, link_account
from storage.members.questions import AskedQuestion, recall, remember
from tools import SAMPLE, questions_of, tools_of
from ui.answer import Asked
from ui.errors import errors_answered
from ui.forms import Again, TextForm, open_form
from wording.tongue import marked, say

GONE = marked("That question is too old. Ask it again.")


async def ask_who(interaction: discord.Interaction, sentence: str, question: str, asked: Asked) -> None:
    """Offer to link a model or to try one of the sample, then ask with its name; it was deferred."""
    tools = tools_of(interaction)
    row = await remember(tools.database, interaction.user.id, question, asked, tools.now())
    view = discord.ui.View(timeout=None)
    view.add_item(WhoButton("link", row)).add_item(WhoButton("sample", row))
    await interaction.followup.send(say(sentence), view=view, ephemeral=True)


async def whom(interaction: discord.Interaction, asked: Asked, question: str) -> Asked | None:
    """A question about who is named in it, else about the one whoever asks linked, with the tournament.

    None where they have linked nobody: they are asked who they are, and the question, which is known by that
    name, is asked again with the answer. asked: has a name and a tournament, which may be None.
    """
    tools = tools_of(interaction)
    try:
        name, where = await asked_about(
            tools.database, interaction.user.id, asked["name"], asked["tournament"]
        )
    except NotLinkedError as unlinked:
        await ask_who(interaction, str(unlinked), question, asked)
        return None
    return {**asked, "name": name, "tournament": where}


async def with_groups(interaction: discord.Interaction, asked: Asked) -> Asked:
    """A question with the names that groups of whoever asks stand for: no group's name is kept or shown.

    asked: has a name and a tournament, which may be None.
    """
    if asked["name"] is None:
        return asked
    database, member = tools_of(interaction).database, interaction.user.id
    name, where = await names_meant(database, member, asked["name"], asked["tournament"])
    return {**asked, "name": name, "tournament": where}


def about_me(asked: Asked) -> Asked:
    """The same question with nobody named; the sample is for trying, so it gives way to what is linked."""
    where = None if asked["tournament"] == SAMPLE else asked["tournament"]
    return {**asked, "name": None, "tournament": where}


class WhoButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"account:(?P<verb>link|sample):(?P<question>[0-9]{1,18})",
):
    """For a member without a link: say which model is theirs, or see the answer for one of the sample."""

    def __init__(self, verb: str, question_id: int) -> None:
        label = say("Link my model") if verb == "link" else say("Try a model of the sample")
        style = discord.ButtonStyle.primary if verb == "link" else discord.ButtonStyle.secondary
        super().__init__(
            discord.ui.Button(label=label, style=style, custom_id=f"account:{verb}:{question_id}")
        )
        self.verb, self.question_id = verb, question_id

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "WhoButton":
        return cls(match["verb"], int(match["question"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Ask for the name in a form, or answer for a model that anybody may look at."""
        async with errors_answered(interaction):
            if self.verb == "link":
                await open_form(interaction, _link_form(self.question_id))
                return
            await interaction.response.defer(ephemeral=True, thinking=True)
            await _ask(interaction, self.question_id, EXAMPLE, SAMPLE)


def _link_form(question_id: int) -> TextForm:
    async def done(interaction: discord.Interaction, typed: str) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        stored = await _asked(interaction, question_id)
        tools = tools_of(interaction)
        source = tools.source(stored.arguments["tournament"] or "classic")
        account = await link_account(tools.database, source, interaction.user.id, typed, tools.now())
        await _ask(interaction, question_id, account.link.name, account.link.tournament)

    return TextForm(
        "Who are you at Numerai?",
        "Your model or account",
        "As it is spelled on the leaderboard",
        "",
        done,
        name=f"account:link:{question_id}",
    )


async def _asked(interaction: discord.Interaction, question_id: int) -> AskedQuestion:
    stored = await recall(tools_of(interaction).database, question_id, interaction.user.id)
    if stored is None:
        raise ValueError(GONE)
    return stored


async def _ask(interaction: discord.Interaction, question_id: int, name: str, tournament: str) -> None:
    """Ask a kept question about this one."""
    stored = await _asked(interaction, question_id)
    go = questions_of(interaction).known[stored.question].go
    assert go is not None, "only a question that can be about somebody asks who"
    await go(interaction, {**stored.arguments, "name": name, "tournament": tournament})


def _form_again(_: discord.Interaction, match: re.Match[str]) -> TextForm:
    return _link_form(int(match["question"]))


LINK_FORMS: Mapping[str, Again] = MappingProxyType({r"account:link:(?P<question>[0-9]{1,18})": _form_again})
