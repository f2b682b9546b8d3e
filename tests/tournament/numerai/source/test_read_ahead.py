"""What members have linked is read behind what they ask, the oldest first; prices are kept by day."""

import asyncio
from datetime import timedelta

import pytest
from aiolimiter import AsyncLimiter

from storage.database import Database
from storage.market.prices import prices_in
from tests.numerai_data import Present
from tests.numerai_server import LoopbackNumerai
from tests.patience import CALM, eventually
from tests.tournament.numerai.source.sources import source_of
from tournament.numerai.source import NumeraiSource, Throttle
from tournament.source import SourceError

pytestmark = pytest.mark.slow
ACCOUNTS = [f"crowd_{n:03}" for n in range(40)]


async def test_forty_linked_accounts_leave_a_member_their_turn(database: Database, present: Present) -> None:
    async with LoopbackNumerai(first_round=1395) as api:
        throttle = Throttle(60, 3600.0)
        throttle._pace = AsyncLimiter(100)  # how its share is spread over an hour is not waited for
        live = NumeraiSource(database, address=api.address, now=present, patience=CALM, throttle=throttle)
        reading = asyncio.create_task(live.read_ahead(ACCOUNTS))

        async def share_is_gone() -> bool:
            return len(api.requests) == 40

        await eventually(share_is_gone)
        assert (await live.history("solo_wren")).kind == "model"
        assert not reading.done()
        await live.close()
        with pytest.raises(SourceError):
            await reading


async def test_the_oldest_are_read_first_and_the_young_not_at_all(
    api: LoopbackNumerai, database: Database, present: Present
) -> None:
    live = source_of("classic", api, database, present)

    def read() -> list[str]:
        names = {model.id: model.name for model in api.models.values()}
        return [names[asked.variables["modelId"]] for asked in api.asked("v2RoundModelPerformances")]

    await live.read_ahead(["crowd_003"])
    present.moment += timedelta(minutes=10)
    await live.read_ahead(["crowd_002"])
    present.moment += timedelta(minutes=40)
    await live.read_ahead(["crowd_001"])
    assert read() == ["crowd_003", "crowd_002", "crowd_001"]
    present.moment += timedelta(minutes=20)
    await live.read_ahead(["crowd_001", "crowd_002", "crowd_003", "crowd_004"])
    assert read()[3:] == ["crowd_004", "crowd_003", "crowd_002"]
    await live.close()


async def test_who_can_t_be_read_stops_nobody_else_at_once(
    api: LoopbackNumerai, database: Database, present: Present
) -> None:
    live = source_of("classic", api, database, present)
    api.fail("errors", times=2, only="v2RoundModelPerformances")
    with pytest.raises(SourceError, match="answered with an error"):
        await live.read_ahead(["crowd_001", "crowd_002", "crowd_003", "nobody_at_all"])
    assert len(api.asked("v2RoundModelPerformances")) == 3
    api.fail("errors", only="v2RoundModelPerformances")
    with pytest.raises(SourceError):
        await live.read_ahead([f"crowd_{n:03}" for n in range(10, 20)])
    assert len(api.asked("v2RoundModelPerformances")) == 6, "three in a row, and the rest is left for later"
    await live.close()


async def test_prices_are_kept_from_the_day_they_are_seen(
    live: NumeraiSource, api: LoopbackNumerai, database: Database, present: Present
) -> None:
    assert await prices_in(database, "USD") == {}
    for day, price in (("2026-11-20", "7.25"), ("2026-11-21", "8.5"), ("2026-11-21", "8.75")):
        api.says["latestCurrencyPrice"] = f'{{"lastUpdated": "{day}T11:30:00Z", "price": "{price}"}}'
        assert await live.usd_per_nmr() is not None
        present.moment += timedelta(hours=2)
    await live.close()
    again = source_of("classic", api, database, present)
    assert dict(await again.price_of_day("USD")) == {"2026-11-20": 7.25, "2026-11-21": 8.75}
    await again.close()


async def test_a_currency_is_asked_for_every_day_once_somebody_asked_for_it(
    live: NumeraiSource, api: LoopbackNumerai, database: Database, present: Present
) -> None:
    def asked() -> list[str]:
        return [request.variables["targetSymbol"] for request in api.asked("latestCurrencyPrice")]

    await live.keep_prices()
    assert asked() == ["USD"]
    api.says["latestCurrencyPrice"] = '{"lastUpdated": "2026-11-20T11:30:00Z", "price": "6.5"}'
    assert dict(await live.price_of_day("EUR")) == {"2026-11-20": 6.5}
    await live.close()
    signals = source_of("signals", api, database, present)
    present.moment += timedelta(days=1)
    api.says["latestCurrencyPrice"] = '{"lastUpdated": "2026-11-21T11:30:00Z", "price": "6.75"}'
    await signals.keep_prices()
    assert asked() == ["USD", "EUR", "EUR", "USD"], "whichever tournament it was asked in"
    assert await prices_in(database, "EUR") == {"2026-11-20": 6.5, "2026-11-21": 6.75}
    await signals.close()


@pytest.mark.parametrize("fault", ["null", "errors"])
async def test_a_currency_that_numerai_does_not_know_has_no_price(
    live: NumeraiSource, api: LoopbackNumerai, database: Database, fault: str
) -> None:
    if fault == "null":
        api.says["latestCurrencyPrice"] = "null"
    else:
        api.fail(fault, only="latestCurrencyPrice")
    assert dict(await live.price_of_day("CHF")) == {}
    assert await prices_in(database, "CHF") == {}


async def test_prices_outlast_an_api_and_a_database_that_are_away(
    live: NumeraiSource, api: LoopbackNumerai, database: Database, present: Present
) -> None:
    api.fail("500")
    with pytest.raises(SourceError):
        await live.price_of_day("USD")
    api.heal()
    await database.connection.execute("ALTER TABLE day_prices RENAME TO gone")
    assert dict(await live.price_of_day("USD")) == {"2026-11-20": 7.25}, "told, though it can't be kept"
    await live.keep_prices()
    await database.connection.execute("ALTER TABLE gone RENAME TO day_prices")
    assert await prices_in(database, "USD") == {}
    api.fail("500")
    present.moment += timedelta(days=1)
    assert dict(await live.price_of_day("USD")) == {"2026-11-20": 7.25}
