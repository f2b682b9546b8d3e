"""The throttle of poll cards: each is edited at most once in a few seconds, however many vote."""

import asyncio
import time
from collections.abc import Awaitable, Callable

EVERY = 3.0  # seconds between two edits of an open poll's card, at least


class CardQueue:
    """Asks for a card to be brought up to date soon after it was touched, and not again before it rested."""

    def __init__(self, show: Callable[[int, int], Awaitable[None]], *, every: float = EVERY) -> None:
        self._show, self.every = show, every
        self._waiting: dict[int, asyncio.Task[None]] = {}
        self._edited: dict[int, float] = {}

    def touch(self, guild_id: int, poll_id: int) -> None:
        """The card of this poll may be behind: it should be looked at soon."""
        if poll_id not in self._waiting:
            self._waiting[poll_id] = asyncio.create_task(self._look(guild_id, poll_id))

    def rests(self, poll_id: int) -> bool:
        """Whether the card was edited a moment ago."""
        return self._rest(poll_id) > 0

    def edited(self, poll_id: int) -> None:
        """The card is being edited now."""
        self._edited[poll_id] = time.monotonic()

    def close(self) -> None:
        """Give up what waits: the database knows what is behind."""
        for task in self._waiting.values():
            task.cancel()

    async def _look(self, guild_id: int, poll_id: int) -> None:
        try:
            await asyncio.sleep(self._rest(poll_id))
        finally:
            self._waiting.pop(poll_id, None)  # whoever votes from here on asks for another look
        await self._show(guild_id, poll_id)

    def _rest(self, poll_id: int) -> float:
        return max(self._edited.get(poll_id, 0.0) + self.every - time.monotonic(), 0.0)
