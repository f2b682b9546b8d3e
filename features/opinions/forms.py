"""The form in which a message becomes a statement."""

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from governance.opinions.statement import LONGEST
from governance.text import clean_line
from ui.forms import Form, typed_in


class StatementForm(Form):
    """One claim, filled with the beginning of a message to shorten."""

    def __init__(
        self, message_id: int, text: str, done: Callable[[discord.Interaction, str], Awaitable[None]]
    ) -> None:
        super().__init__("Add as statement", f"opinion:add:{message_id}")
        self._done = done
        claim: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="claim",
            style=discord.TextStyle.paragraph,
            min_length=1,
            max_length=LONGEST,
            default=clean_line(text)[:LONGEST].strip() or None,
        )
        self.add_item(
            discord.ui.Label(
                text="One claim that others can agree with or not",
                description="One sentence, no names, no links. It is shown without your name.",
                component=claim,
            )
        )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Hand on what was typed."""
        await self._done(interaction, typed_in(interaction)["claim"])
