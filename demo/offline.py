"""A Discord in this process that waits for a busy machine, also for the start of the bot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import simcord
from discord.ext import commands

PATIENCE = 60.0  # seconds


class OfflineDiscord(simcord.Env):
    """simcord's Discord with more patience; errors reach members as sentences."""

    def __init__(self, bot: commands.Bot) -> None:
        super().__init__(bot, settle_timeout=PATIENCE, check_errors=False)

    async def _settle_internal(self, *, timeout: float | None = None, **more: Any) -> None:  # noqa: ASYNC109
        # simcord gives a bot five seconds to start, whatever it was told
        await super()._settle_internal(timeout=max(timeout or 0.0, PATIENCE), **more)


@asynccontextmanager
async def offline_discord(bot: commands.Bot) -> AsyncIterator[OfflineDiscord]:
    """The bot logged in to a Discord of its own, on that Discord's clock, until the block ends."""
    env = OfflineDiscord(bot)
    # simcord's clock begins in a January; whoever watches lives today, and so does the bot
    env.backend.clock._epoch = datetime.now(UTC)
    await env.start()
    with env.time_context():
        try:
            yield env
        finally:
            await env.shutdown()
