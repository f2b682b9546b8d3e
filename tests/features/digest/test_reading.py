"""What the clock reads ahead of members: fields, linked accounts, stakes, and each day's price and rule."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from features.digest.reading import READINGS, read_ahead
from storage.database import Database
from storage.members.links import AccountLink, set_link
from tests.numerai_data import Present
from tests.numerai_server import LoopbackNumerai
from tests.patience import CALM
from tournament.numerai.source import NumeraiSource, Throttle
from tournament.source import SourceError

pytestmark = pytest.mark.slow


@pytest.fixture
async def api() -> AsyncIterator[LoopbackNumerai]:
    async with LoopbackNumerai(first_round=1398) as api:
        yield api


async def test_everything_that_is_read_ahead_is_read(api: LoopbackNumerai, database: Database) -> None:
    present = Present()
    await set_link(database, AccountLink(7, "drifters", "account", "classic", present()))
    live = NumeraiSource(
        database, address=api.address, now=present, patience=CALM, throttle=Throttle(100_000)
    )
    for what in READINGS:
        await read_ahead(database, live, what, present())
    assert next(iter(READINGS)) == "fields", "the others ask for what is there"
    assert len(api.asked("__schema")) == 1
    assert dict(await live.price_of_day("USD")) == {"2026-11-20": 7.25}
    assert (await live.stakes()).models

    asked = len(api.asked("v2RoundModelPerformances"))
    assert (await live.history("drifters")).models == ("drifter", "drifter_2")
    assert len(api.asked("v2RoundModelPerformances")) == asked, "a member finds it read"
    await live.close()


async def test_what_can_t_be_read_is_told_to_the_clock(api: LoopbackNumerai, database: Database) -> None:
    present = Present()
    await set_link(database, AccountLink(7, "drifters", "account", "classic", present()))
    live = NumeraiSource(database, address=api.address, now=present, patience=CALM)
    api.fail("errors")
    for what in ("fields", "histories"):
        with pytest.raises(SourceError, match="Numerai"):
            await read_ahead(database, live, what, present())
    present.moment += timedelta(minutes=15)
    api.heal()
    await read_ahead(database, live, "fields", present())
    await live.close()
