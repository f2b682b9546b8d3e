"""The items under an answer: a button or a menu whose custom id says what it does with which answer."""

from collections.abc import Sequence
from typing import Any

import discord

from ui.errors import errors_answered

NUMBER = r"(?P<number>s?[0-9]{1,18})"  # of a stored question; with an s, of a shared answer


class QuestionButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"(?P<noun>[a-z]+):(?P<verb>share|share-amounts|share-percent|details|mine|takeback|"
    rf"type-[a-z]+|file-[a-z]+):{NUMBER}",
):
    """A button under an answer."""

    def __init__(self, noun: str, verb: str, number: str | int, label: str = "") -> None:
        super().__init__(discord.ui.Button(label=label or verb, custom_id=f"{noun}:{verb}:{number}"))
        self.verb, self.number = verb, str(number)

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "QuestionButton":
        return cls(match["noun"], match["verb"], match["number"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """Let the bot's questions do it."""
        async with errors_answered(interaction):
            await getattr(interaction.client, "questions").pressed(interaction, self.verb, self.number)  # noqa: B009 - the bot's own


class QuestionMenu(
    discord.ui.DynamicItem[discord.ui.Select[Any]],
    template=rf"(?P<noun>[a-z]+):menu-(?P<menu>[a-z]+):{NUMBER}",
):
    """A menu under an answer; "page" turns the pages of its details."""

    def __init__(
        self, noun: str, menu: str, number: str | int, options: Sequence[discord.SelectOption] = ()
    ) -> None:
        super().__init__(discord.ui.Select(custom_id=f"{noun}:menu-{menu}:{number}", options=list(options)))
        self.menu, self.number = menu, str(number)

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "QuestionMenu":
        return cls(match["noun"], match["menu"], match["number"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """Let the bot's questions show the answer with what was picked."""
        async with errors_answered(interaction):
            [picked] = self.item.values
            await getattr(interaction.client, "questions").picked(  # noqa: B009 - the bot's own
                interaction, self.menu, self.number, picked
            )
