"""Forms that lose nothing: what was typed into one that is refused comes back with it."""

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from ui.errors import GuardedView, answer_error, sentence_for

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
        await answer_error(interaction, error, view=_BackToForm(self))


class _BackToForm(GuardedView):
    """One button that opens a refused form again."""

    def __init__(self, form: Form) -> None:
        super().__init__(timeout=1800)
        self._form = form

    @discord.ui.button(label="Back to the form", style=discord.ButtonStyle.primary, custom_id="form:again")
    async def again(self, interaction: discord.Interaction, button: discord.ui.Button[Any]) -> None:
        """Open it again."""
        await interaction.response.send_modal(self._form)


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
