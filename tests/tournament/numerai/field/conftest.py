"""A loopback API with a few rounds, old rule and new, and a live source that reads them whole."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from tests.numerai_data import Present
from tests.numerai_server import LoopbackNumerai
from tests.tournament.numerai.source.sources import source_of
from tournament.numerai.source import NumeraiSource


@pytest.fixture
async def api() -> AsyncIterator[LoopbackNumerai]:
    async with LoopbackNumerai(first_round=1330, last_round=1350) as api:
        yield api


@pytest.fixture
def present() -> Present:
    return Present()


@pytest.fixture
async def live(api: LoopbackNumerai, database: Database, present: Present) -> AsyncIterator[NumeraiSource]:
    live = source_of("classic", api, database, present)
    yield live
    await live.close()
