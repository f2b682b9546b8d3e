"""A loopback API that can fail, and live sources that are patient with it or hasty."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database, open_database
from tests.numerai_server import LoopbackNumerai
from tests.patience import CALM, HASTY
from tests.tournament.numerai.faults.faulty import Moving, source_of
from tournament.numerai.source import NumeraiSource


@pytest.fixture
async def database(database_file: Path) -> AsyncIterator[Database]:
    database = await open_database(database_file, busy_timeout_ms=50)
    yield database
    await database.close()


@pytest.fixture
async def api() -> AsyncIterator[LoopbackNumerai]:
    async with LoopbackNumerai(first_round=1390) as api:
        yield api


@pytest.fixture
def moving() -> Moving:
    return Moving()


@pytest.fixture
async def live(api: LoopbackNumerai, database: Database, moving: Moving) -> AsyncIterator[NumeraiSource]:
    live = source_of(api, database, moving, CALM)
    yield live
    await live.close()


@pytest.fixture
async def hasty(api: LoopbackNumerai, database: Database, moving: Moving) -> AsyncIterator[NumeraiSource]:
    """The same for an API that is silent."""
    hasty = source_of(api, database, moving, HASTY)
    yield hasty
    await hasty.close()
