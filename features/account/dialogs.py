"""Asks a member who they are at Numerai."""

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from features.account.link import EXAMPLE, NotLinkedError, asked_about, link_account
from tools import SAMPLE, tools_of
from ui.answer import Asked
from ui.errors import GuardedView
from ui.forms import TextForm

Go = Callable[[discord.Interaction, Asked], Awaitable[None]]


async def ask_who(interaction: discord.Interaction, sentence: str, asked: Asked, go: Go) -> None:
    """Offer to link a model or to try one of the sample, then ask with its name; the question was deferred.

    asked: has a name and a tournament, which may be None.
    """

    async def link(pressed: discord.Interaction, typed: str) -> None:
        await pressed.response.defer(ephemeral=True, thinking=True)
        tools = tools_of(pressed)
        source = tools.source(asked["tournament"] or "classic")
        account = await link_account(tools.database, source, pressed.user.id, typed, tools.now())
        await go(pressed, {**asked, "name": account.link.name, "tournament": account.link.tournament})

    async def try_sample(pressed: discord.Interaction) -> None:
        await pressed.response.defer(ephemeral=True, thinking=True)
        await go(pressed, {**asked, "name": EXAMPLE, "tournament": SAMPLE})

    await interaction.followup.send(sentence, view=WhoAreYou(link, try_sample), ephemeral=True)


async def whom(interaction: discord.Interaction, asked: Asked, go: Go) -> Asked | None:
    """A question about who is named in it, else about the one whoever asks linked, with the tournament.

    None where they have linked nobody: they are asked who they are, and `go` asks again with the answer.
    """
    tools = tools_of(interaction)
    try:
        name, where = await asked_about(
            tools.database, interaction.user.id, asked["name"], asked["tournament"]
        )
    except NotLinkedError as unlinked:
        await ask_who(interaction, str(unlinked), asked, go)
        return None
    return {**asked, "name": name, "tournament": where}


def about_me(asked: Asked) -> Asked:
    """The same question with nobody named; the sample is for trying, so it gives way to what is linked."""
    where = None if asked["tournament"] == SAMPLE else asked["tournament"]
    return {**asked, "name": None, "tournament": where}


class WhoAreYou(GuardedView):
    """For a member without a link: say which model is theirs, or see the answer for one of the sample."""

    def __init__(
        self,
        link: Callable[[discord.Interaction, str], Awaitable[None]],
        try_sample: Callable[[discord.Interaction], Awaitable[None]],
    ) -> None:
        super().__init__(timeout=600)
        self._link, self._try_sample = link, try_sample

    @discord.ui.button(label="Link my model", style=discord.ButtonStyle.primary, custom_id="who:link")
    async def link(self, interaction: discord.Interaction, button: discord.ui.Button[Any]) -> None:
        """Ask for its name in a form."""
        form = TextForm(
            "Who are you at Numerai?",
            "Your model or account",
            "As it is spelled on the leaderboard",
            "",
            self._link,
        )
        await interaction.response.send_modal(form)

    @discord.ui.button(label="Try a model of the sample", custom_id="who:sample")
    async def sample(self, interaction: discord.Interaction, button: discord.ui.Button[Any]) -> None:
        """Answer for a model that anybody may look at."""
        await self._try_sample(interaction)
