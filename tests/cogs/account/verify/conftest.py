"""The bot whose accounts are those of a Numerai API on this machine, at a present that tests move."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import simcord

from bot import Roundtable, Settings, create_bot
from storage.database import Database, open_database
from tests.numerai_data import Present
from tests.numerai_server import LoopbackNumerai
from tests.offline import at_work
from tests.patience import CALM
from tournament.numerai.source import NumeraiSource, Throttle
from tournament.sample import SampleSource


@pytest.fixture
async def api() -> AsyncIterator[LoopbackNumerai]:
    async with LoopbackNumerai(first_round=1390) as api:
        yield api


@pytest.fixture
def present() -> Present:
    return Present()


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Database]:
    kept = await open_database(tmp_path / "answers.sqlite3")
    yield kept
    await kept.close()


@pytest.fixture
def new_bot(
    api: LoopbackNumerai, settings: Settings, kept: Database, present: Present, source: SampleSource
) -> Callable[[], Roundtable]:
    def make() -> Roundtable:
        live = NumeraiSource(kept, address=api.address, now=present, patience=CALM, throttle=Throttle(10_000))
        bot = create_bot(settings, source=live, now=present, sample=source)
        assert isinstance(bot, Roundtable)
        return bot

    return make


@pytest.fixture
async def env(new_bot: Callable[[], Roundtable]) -> AsyncIterator[simcord.Env]:
    async with at_work(new_bot()) as env:
        yield env
