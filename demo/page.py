"""The page that shows the offline Discord while a tour is played into it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from simcord.preview import Preview


class LivePage:
    """A page that follows the tour, and in which whoever watches may press things meanwhile.

    simcord's page shows what was when somebody last pressed something in it; after a press while a command
    runs it takes no more.
    """

    def __init__(self, preview: Preview) -> None:
        self._preview = preview
        self._turns = asyncio.Lock()
        self._waiting = 0
        self._act = preview._action
        preview._action = self._act_in_turn

    async def _act_in_turn(self, context_id: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
        self._waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1
        try:
            if body.get("kind") == "configure_presentation":
                # how wide the window is does not depend on what it showed
                body = {**body, "published_revision": self._preview._get_page(context_id).revision}
            return await self._act(context_id, body)
        finally:
            self._turns.release()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """While nobody's press is answered; afterwards every open page shows the newest message."""
        async with self._turns:
            yield
            # a press that waits belongs to what its page showed
            if not self._preview._closed and not self._waiting:
                for page in self._preview._pages.values():
                    if page.window_end_id is None:
                        page.target_id = self._preview._initial_target(page.viewer, page.channel_id)
                await self._preview.refresh()
