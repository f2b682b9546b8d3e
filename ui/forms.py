"""Forms that lose nothing: what was typed into one that is refused comes back with it."""

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from ui.errors import GuardedView, Instead, answer_error, sentence_for
from wording.names import NearMissError

Typed = Callable[[discord.Interaction, str], Awaitable[None]]


class Form(discord.ui.Modal):
    """A form whose refusal carries a button that opens it again, filled with what was typed."""

    async def on_error(self, interaction: discord.Interaction, error: Exception) -> None:
        """Say what is wrong, and keep what was typed."""
        if sentence_for(error) is None:
            await answer_error(interaction, error)
            return
        for item in self.walk_children():
            _keep(item)
        view = self.leads_on(error)
        back: discord.ui.Button[Any] = discord.ui.Button(label="Back to the form", custom_id="form:again")
        back.callback = self._again  # type: ignore[method-assign]
        view.add_item(back)
        await answer_error(interaction, error, view=view)

    def leads_on(self, error: Exception) -> GuardedView:
        """The buttons beside the one that goes back to the form."""
        return GuardedView(timeout=1800)

    async def _again(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(self)


def _keep(item: Any) -> None:
    """What was typed or picked as what the form is filled with."""
    if isinstance(item, discord.ui.Checkbox):
        item.default = item.value
    elif isinstance(item, discord.ui.TextInput):
        item.default = item.value or None
    elif isinstance(item, discord.ui.RadioGroup):
        for option in item.options:
            option.default = option.value == item.value
    elif isinstance(item, discord.ui.Select | discord.ui.CheckboxGroup):
        for option in item.options:
            option.default = option.value in item.values


class TextForm(Form):
    """A form with one field of text."""

    def __init__(
        self, title: str, label: str, hint: str, filled: str, done: Typed, *, long: bool = False
    ) -> None:
        # an id of its own: with a shared one, whoever submits first would answer for the other
        super().__init__(title=title[:45])
        self._done = done
        self._field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="text",
            default=filled[:4000] or None,
            max_length=4000 if long else 300,
            style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
        )
        self.add_item(discord.ui.Label(text=label[:45], description=hint[:100], component=self._field))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Hand the text on."""
        await self._done(interaction, self._field.value)

    def leads_on(self, error: Exception) -> GuardedView:
        """What was perhaps meant, as buttons that hand that on."""
        if not isinstance(error, NearMissError):
            return super().leads_on(error)
        text = self._field.value

        async def redo(pressed: discord.Interaction, near: str) -> None:
            await self._done(pressed, text.replace(error.typed, near))

        return Instead(error, redo)
