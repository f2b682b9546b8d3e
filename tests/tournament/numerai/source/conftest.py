"""A loopback API and a live source of Numerai Classic that asks it."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from tests.numerai_data import Present
from tests.numerai_server import LoopbackNumerai
from tests.patience import CALM
from tournament.numerai.source import NumeraiSource


@pytest.fixture
async def api() -> AsyncIterator[LoopbackNumerai]:
    async with LoopbackNumerai() as api:
        yield api


@pytest.fixture
def present() -> Present:
    return Present()


@pytest.fixture
async def live(api: LoopbackNumerai, database: Database, present: Present) -> AsyncIterator[NumeraiSource]:
    live = NumeraiSource(database, address=api.address, now=present, patience=CALM)
    yield live
    await live.close()
