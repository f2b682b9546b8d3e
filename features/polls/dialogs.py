"""The form of a new poll."""

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from ui.forms import Form, typed_in


class PollForm(Form):
    """The form of a new poll."""

    def __init__(
        self, method: str, done: Callable[[discord.Interaction, dict[str, str]], Awaitable[None]]
    ) -> None:
        super().__init__("A poll")
        self._done = done
        fields = [
            ("title", "The question", "One sentence", 200, True, False),
            ("description", "What one should know", "Optional", 1000, False, True),
        ]
        if method == "numeric":
            fields.append(
                ("options", "The range", "Like 0 to 1 step 0.05; empty for any number", 60, False, False)
            )
        elif method != "gradient":
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

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Hand on what was typed."""
        await self._done(interaction, {name: text or "" for name, text in typed_in(interaction).items()})
