"""Public cards of polls that are brought up to date, each at most once in a few seconds."""

import asyncio
import logging
import time

import discord

from features.polls.posting import show_poll
from features.polls.view import PollView, poll_with_id
from tools import Tools

log = logging.getLogger("roundtable.voting")


EVERY = 3.0  # seconds between two edits of a public card, at least


class CardQueue:
    """Brings public cards up to date, each at most once in three seconds, however many vote."""

    def __init__(self, tools: Tools, client: discord.Client, *, every: float = EVERY) -> None:
        self._tools, self._client, self._every = tools, client, every
        self._waiting: dict[int, asyncio.Task[None]] = {}
        self._edited: dict[int, float] = {}

    def touch(self, view: PollView) -> None:
        """The card of this poll should be brought up to date soon."""
        poll_id = view.poll.poll_id
        if poll_id not in self._waiting:
            self._waiting[poll_id] = asyncio.create_task(self._edit(view.poll.guild_id, poll_id))

    def close(self) -> None:
        """Give up what waits: a later ballot or the close edits the card anyway."""
        for task in self._waiting.values():
            task.cancel()

    async def _edit(self, guild_id: int, poll_id: int) -> None:
        try:
            wait = self._edited.get(poll_id, 0.0) + self._every - time.monotonic()
            await asyncio.sleep(max(wait, 0.0))
            self._waiting.pop(poll_id, None)  # whoever votes from here on asks for another edit
            self._edited[poll_id] = time.monotonic()
            view = await poll_with_id(self._tools.database, guild_id, poll_id)
            if view.poll.state == "open":
                await show_poll(self._tools, self._client, view)
        except (discord.HTTPException, ValueError) as error:
            log.info("a card could not be brought up to date: %s", error)
