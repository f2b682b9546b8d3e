"""Two buttons that turn the pages of a list."""

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from ui.errors import GuardedView


class Pages(GuardedView):
    """Turns the pages of a list, for as long as anybody looks at it."""

    def __init__(
        self,
        turn: Callable[[int], Awaitable[tuple[discord.Embed, int]]],
        page: int,
        pages: int,
        *,
        back: str = "Back",
        on: str = "Next",
    ) -> None:
        super().__init__(timeout=600)
        self.back.label, self.next.label = back, on
        self._turn, self._page, self._pages = turn, min(max(1, page), pages), pages

    @discord.ui.button(custom_id="pages:back")
    async def back(self, interaction: discord.Interaction, button: discord.ui.Button[Any]) -> None:
        """One page back."""
        await self._to(interaction, self._page - 1)

    @discord.ui.button(custom_id="pages:next")
    async def next(self, interaction: discord.Interaction, button: discord.ui.Button[Any]) -> None:
        """One page on."""
        await self._to(interaction, self._page + 1)

    async def _to(self, interaction: discord.Interaction, page: int) -> None:
        card, self._pages = await self._turn(page)
        self._page = min(max(1, page), self._pages)
        await interaction.response.edit_message(embed=card, view=self)
