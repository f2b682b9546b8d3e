"""Questions back to the member: before something that can't be undone, and who they are."""

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from ui.errors import GuardedView, answer_error

Go = Callable[[discord.Interaction[Any]], Awaitable[None]]


class Confirm(GuardedView):
    """One button for what was asked, one to leave it; `confirmed` tells which, None if neither in time."""

    def __init__(self, member_id: int, label: str) -> None:
        super().__init__(timeout=300)
        self.member_id = member_id
        self.confirmed: bool | None = None
        self.pressed: discord.Interaction[Any] | None = None
        self.yes.label = label

    async def interaction_check(self, interaction: discord.Interaction[Any]) -> bool:  # noqa: D102
        if interaction.user.id != self.member_id:
            raise ValueError("Only the member who asked can answer this.")
        return True

    @discord.ui.button(style=discord.ButtonStyle.danger)
    async def yes(self, interaction: discord.Interaction[Any], button: discord.ui.Button[Any]) -> None:
        """Go ahead."""
        self._answer(interaction, confirmed=True)

    @discord.ui.button(label="Leave it", style=discord.ButtonStyle.secondary)
    async def no(self, interaction: discord.Interaction[Any], button: discord.ui.Button[Any]) -> None:
        """Change nothing."""
        self._answer(interaction, confirmed=False)

    def _answer(self, interaction: discord.Interaction[Any], *, confirmed: bool) -> None:
        self.confirmed, self.pressed = confirmed, interaction
        self.stop()


class WhoAreYou(GuardedView):
    """For a member without a link: say which model is theirs, or see the answer for one of the sample."""

    def __init__(
        self, link: Callable[[discord.Interaction[Any], str], Awaitable[None]], try_sample: Go
    ) -> None:
        super().__init__(timeout=600)
        self._link, self._try_sample = link, try_sample

    @discord.ui.button(label="Link my model", style=discord.ButtonStyle.primary, custom_id="who:link")
    async def link(self, interaction: discord.Interaction[Any], button: discord.ui.Button[Any]) -> None:
        """Ask for its name in a form."""
        await interaction.response.send_modal(NameForm(self._link))

    @discord.ui.button(label="Try a model of the sample", custom_id="who:sample")
    async def sample(self, interaction: discord.Interaction[Any], button: discord.ui.Button[Any]) -> None:
        """Answer for a model that anybody may look at."""
        await self._try_sample(interaction)


class NameForm(discord.ui.Modal):
    """A form with one field for a model's or account's name."""

    name = discord.ui.Label(
        text="Your model or account",
        description="As it is spelled on the leaderboard",
        component=discord.ui.TextInput(custom_id="name", max_length=100),
    )

    def __init__(self, done: Callable[[discord.Interaction[Any], str], Awaitable[None]]) -> None:
        # an id of its own: with a shared one, whoever submits first would answer for the other
        super().__init__(title="Who are you at Numerai?")
        self._done = done

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the name on."""
        field = self.name.component
        assert isinstance(field, discord.ui.TextInput)
        await self._done(interaction, field.value)

    async def on_error(self, interaction: discord.Interaction[Any], error: Exception) -> None:
        """Say what went wrong."""
        await answer_error(interaction, error)
