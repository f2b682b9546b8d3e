"""The real bot in an offline server, over a real database file and the bundled sample."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # imported by the fixtures that need them: tests of numbers start without a bot
    from collections.abc import Callable
    from datetime import datetime

    import simcord

    from bot import Settings
    from tests.offline import Server
    from tournament.sample import SampleSource


@pytest.fixture(scope="session")
def source() -> "SampleSource":
    from tournament.sample import SampleSource

    sample = SampleSource()
    asyncio.run(sample.names())  # read once for all tests
    return sample


@pytest.fixture
def settings(tmp_path: Path) -> "Settings":
    from bot import Settings

    return Settings.from_env(
        {"DISCORD_TOKEN": "x", "DATABASE_PATH": str(tmp_path / "bot.sqlite3"), "DATA_SOURCE": "sample"}
    )


@pytest.fixture
def now() -> "Callable[[], datetime]":
    """The bot's present; a test file that moves it has a fixture of its own."""
    from bot import utc_now

    return utc_now


@pytest.fixture
async def env(
    settings: "Settings", source: "SampleSource", now: "Callable[[], datetime]"
) -> "AsyncIterator[simcord.Env]":
    from bot import create_bot
    from tests.offline import OfflineDiscord

    env = OfflineDiscord(create_bot(settings, source=source, now=now))
    await env.start()
    try:
        yield env
    finally:
        await env.shutdown()
        await env.bot.close()


@pytest.fixture
def server(env: "simcord.Env") -> "Server":
    from tests.offline import furnished

    return furnished(env)
