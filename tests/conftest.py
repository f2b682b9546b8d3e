"""The real bot in an offline server, over a real database file and the bundled sample."""

import asyncio
import gc
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

if TYPE_CHECKING:  # imported by the fixtures that need them: tests of numbers start without a bot
    from collections.abc import Callable
    from datetime import datetime

    import simcord

    from bot import Settings
    from storage.database import Database
    from tests.numerai_data import Present
    from tests.numerai_server import LoopbackNumerai
    from tests.offline import Server
    from tournament.numerai.source import NumeraiSource
    from tournament.sample import SampleSource

# most tests open a database file of their own, and every commit of it would wait for the disk
MEMORY = Path("/dev/shm")  # noqa: S108 - folders of tests inside are pytest's, with names of their own
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 2**31:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

# neither an example nor finding one takes too long on a busy machine
hypothesis_settings.register_profile(
    "unhurried", deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.register_profile("quick", hypothesis_settings.get_profile("unhurried"), max_examples=10)
hypothesis_settings.load_profile("unhurried")


def pytest_collection() -> None:
    """Nothing that is collected is garbage: it need not be looked through, now or while the tests run."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A bot of its own makes a test slow."""
    for item in items:
        if isinstance(item, pytest.Function) and "env" in item.fixturenames:
            item.add_marker("slow")


@pytest.fixture(scope="session")
def source() -> "SampleSource":
    from tournament.sample import SampleSource

    sample = SampleSource()
    asyncio.run(sample.names())  # read once for all tests
    return sample


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with every table and no row; a copy of it costs a tenth of making one."""
    from storage.database import open_database

    async def made(file: Path) -> None:
        await (await open_database(file)).close()

    file = tmp_path_factory.mktemp("database") / "empty.sqlite3"
    asyncio.run(made(file))
    return file


@pytest.fixture
def database_file(empty_database: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(empty_database, tmp_path / "bot.sqlite3"))


@pytest.fixture
async def db(database_file: Path) -> AsyncIterator["Database"]:
    """The database of a test, opened."""
    from storage.database import open_database

    database = await open_database(database_file)
    yield database
    await database.close()


@pytest.fixture
def database(db: "Database") -> "Database":
    return db


@pytest.fixture
def settings(database_file: Path) -> "Settings":
    from bot import Settings

    return Settings.from_env(
        {
            "DISCORD_TOKEN": "x",
            "DATABASE_PATH": str(database_file),
            "DATA_SOURCE": "sample",
            "BACKUP_DAYS": "0",
        }
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
    from tests.offline import DrawnBefore, at_work

    async with at_work(create_bot(settings, source=source, now=now, drawing=DrawnBefore())) as env:
        yield env


@pytest.fixture
def server(env: "simcord.Env") -> "Server":
    from tests.offline import furnished

    return furnished(env)


@pytest.fixture
async def api() -> "AsyncIterator[LoopbackNumerai]":
    from tests.numerai_server import LoopbackNumerai

    async with LoopbackNumerai(first_round=1290) as api:
        yield api


@pytest.fixture
def present() -> "Present":
    from tests.numerai_data import Present

    return Present()


@pytest.fixture
async def live(api: "LoopbackNumerai", tmp_path: Path, present: "Present") -> "AsyncIterator[NumeraiSource]":
    """What that API tells of Classic."""
    from storage.database import open_database
    from tests.patience import CALM
    from tournament.numerai.source import NumeraiSource, Throttle

    kept = await open_database(tmp_path / "answers.sqlite3")
    yield NumeraiSource(kept, address=api.address, now=present, patience=CALM, throttle=Throttle(10_000))
    await kept.close()


@pytest.fixture
async def live_env(
    live: "NumeraiSource", settings: "Settings", present: "Present", source: "SampleSource"
) -> "AsyncIterator[simcord.Env]":
    """The bot that asks it: the `env` of a file whose tests are about live numbers."""
    from bot import create_bot
    from tests.offline import DrawnBefore, at_work

    bot = create_bot(settings, source=live, now=present, sample=source, drawing=DrawnBefore())
    async with at_work(bot) as env:
        yield env
