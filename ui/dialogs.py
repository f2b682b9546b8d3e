"""Questions back to the member, before something that can't be undone."""

from typing import Any

import discord

from ui.errors import GuardedView
from wording.tongue import say


class Confirm(GuardedView):
    """One button for what was asked, one to leave it; `confirmed` tells which, None if neither in time."""

    def __init__(self, member_id: int, label: str) -> None:
        super().__init__(timeout=300)
        self.member_id = member_id
        self.confirmed: bool | None = None
        self.pressed: discord.Interaction | None = None
        self.yes.label, self.no.label = say(label), say("Leave it")

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Only whoever asked may answer."""
        await super().interaction_check(interaction)
        if interaction.user.id != self.member_id:
            raise ValueError("Only the member who asked can answer this.")
        return True

    @discord.ui.button(style=discord.ButtonStyle.danger)
    async def yes(self, interaction: discord.Interaction, button: discord.ui.Button[Any]) -> None:
        """Go ahead."""
        self._answer(interaction, confirmed=True)

    @discord.ui.button(style=discord.ButtonStyle.secondary)
    async def no(self, interaction: discord.Interaction, button: discord.ui.Button[Any]) -> None:
        """Change nothing."""
        self._answer(interaction, confirmed=False)

    def _answer(self, interaction: discord.Interaction, *, confirmed: bool) -> None:
        if self.pressed is not None:  # pressed twice, or both: the first is what was meant
            raise ValueError("You have answered this already.")
        self.confirmed, self.pressed = confirmed, interaction
        self.stop()


async def agreed(interaction: discord.Interaction, question: str, label: str) -> discord.Interaction | None:
    """Ask whoever asked; their answer, to reply to privately, if it was yes, and None otherwise."""
    view, question = Confirm(interaction.user.id, label), say(question)
    if interaction.response.is_done():
        await interaction.followup.send(question, view=view, ephemeral=True)
    else:
        await interaction.response.send_message(question, view=view, ephemeral=True)
    await view.wait()
    await interaction.edit_original_response(view=None)
    if view.pressed is None:
        return None
    await view.pressed.response.defer(ephemeral=True, thinking=True)
    if view.confirmed:
        return view.pressed
    await view.pressed.followup.send(say("Nothing was changed."), ephemeral=True)
    return None
