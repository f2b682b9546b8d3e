"""Two buttons that turn the pages of a list."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import discord

from ui.card import Card, Row, container
from ui.errors import GuardedLayout
from wording.tongue import marked, say

BACK, NEXT = marked("Back"), marked("Next")


class CardPages(GuardedLayout):
    """Cards whose pages two buttons turn, for as long as anybody looks at them."""

    def __init__(
        self,
        turn: Callable[[int], Awaitable[tuple[Card, int]]],
        card: Card,
        page: int,
        pages: int,
        rows: Sequence[Row] = (),
        *,
        back: str = BACK,
        on: str = NEXT,
    ) -> None:
        super().__init__(timeout=600)
        self._turn, self._rows, self._labels = turn, rows, (back, on)
        self._show(card, page, pages)

    def _show(self, card: Card, page: int, pages: int) -> None:
        """Put this page in place of the one that is shown."""
        self.clear_items()
        self._page = min(max(1, page), pages)
        box = container(card)
        if pages > 1:
            box.add_item(discord.ui.ActionRow(*(self._button(step) for step in (-1, 1))))
        for row in self._rows:
            box.add_item(row)
        self.add_item(box)

    def _button(self, step: int) -> discord.ui.Button[Any]:
        label = say(self._labels[step > 0])
        custom_id = "pages:next" if step > 0 else "pages:back"
        button: discord.ui.Button[Any] = discord.ui.Button(label=label, custom_id=custom_id)

        async def pressed(interaction: discord.Interaction) -> None:
            page = max(1, self._page + step)
            card, pages = await self._turn(page)
            self._show(card, page, pages)
            await interaction.response.edit_message(view=self)

        button.callback = pressed  # type: ignore[method-assign]
        return button

    @classmethod
    def of(cls, cards: Sequence[Card]) -> "CardPages":
        """Pages that are all there already, from the first one."""

        async def turn(page: int) -> tuple[Card, int]:
            return cards[min(page, len(cards)) - 1], len(cards)

        return cls(turn, cards[0], 1, len(cards))
