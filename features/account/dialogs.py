"""Asks a member who they are at Numerai."""

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from ui.errors import GuardedView, answer_error

Go = Callable[[discord.Interaction], Awaitable[None]]


class WhoAreYou(GuardedView):
    """For a member without a link: say which model is theirs, or see the answer for one of the sample."""

    def __init__(self, link: Callable[[discord.Interaction, str], Awaitable[None]], try_sample: Go) -> None:
        super().__init__(timeout=600)
        self._link, self._try_sample = link, try_sample

    @discord.ui.button(label="Link my model", style=discord.ButtonStyle.primary, custom_id="who:link")
    async def link(self, interaction: discord.Interaction, button: discord.ui.Button[Any]) -> None:
        """Ask for its name in a form."""
        await interaction.response.send_modal(NameForm(self._link))

    @discord.ui.button(label="Try a model of the sample", custom_id="who:sample")
    async def sample(self, interaction: discord.Interaction, button: discord.ui.Button[Any]) -> None:
        """Answer for a model that anybody may look at."""
        await self._try_sample(interaction)


class NameForm(discord.ui.Modal):
    """A form with one field for a model's or account's name."""

    name: "discord.ui.Label[NameForm]" = discord.ui.Label(
        text="Your model or account",
        description="As it is spelled on the leaderboard",
        component=discord.ui.TextInput(custom_id="name", max_length=100),
    )

    def __init__(self, done: Callable[[discord.Interaction, str], Awaitable[None]]) -> None:
        # an id of its own: with a shared one, whoever submits first would answer for the other
        super().__init__(title="Who are you at Numerai?")
        self._done = done

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Hand the name on."""
        field = self.name.component
        assert isinstance(field, discord.ui.TextInput)
        await self._done(interaction, field.value)

    async def on_error(self, interaction: discord.Interaction, error: Exception) -> None:
        """Say what went wrong."""
        await answer_error(interaction, error)
