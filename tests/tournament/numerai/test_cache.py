"""Answers are asked for once, used while they are young, and shown with their age while the API is away."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database, open_database
from storage.market.api_answers import fetched_answer
from tests.patience import CALM, PATIENCE, eventually
from tournament.numerai.asking.throttle import Patience
from tournament.numerai.cache import UNWRITTEN, WRITE_AGAIN_AFTER, Cache, CachedAnswer
from tournament.source import SourceError

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FOR_EVER = 100 * PATIENCE  # seconds: who waits for that long fails the test


class Time:
    """The present and the seconds of a test, which go on when they are told to."""

    def __init__(self) -> None:
        self.present, self.seconds = NOW, 0.0

    def now(self) -> datetime:
        return self.present

    def clock(self) -> float:
        return self.seconds


class Api:
    """Says what it is told to say, after a while if need be, and counts how often it is asked."""

    def __init__(self, says: Any = "first") -> None:
        self.says: Any = says
        self.asked = 0
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self) -> Any:
        self.asked += 1
        await self.open.wait()
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "bot.sqlite3"


@pytest.fixture
async def database(file: Path) -> AsyncIterator[Database]:
    database = await open_database(file, busy_timeout_ms=50)
    yield database
    await database.close()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def cache(database: Database, time: Time) -> AsyncIterator[Cache]:
    cache = Cache(database, time.now, CALM, clock=time.clock)
    yield cache
    await cache.close()


async def written(database: Database, question: str) -> None:
    async def is_there() -> bool:
        return await fetched_answer(database, question) is not None

    await eventually(is_there)


async def test_a_young_answer_is_not_asked_for_again(cache: Cache, time: Time) -> None:
    api = Api([1, {"a": None}])
    assert await cache.ask("q", HOUR, api) == CachedAnswer([1, {"a": None}], NOW)
    time.present += HOUR - timedelta(seconds=1)
    assert await cache.ask("q", HOUR, api) == CachedAnswer([1, {"a": None}], NOW)
    assert api.asked == 1
    time.present += timedelta(seconds=1)
    api.says = "second"
    assert await cache.ask("q", HOUR, api) == CachedAnswer("second", NOW + HOUR)


async def test_it_outlives_the_bot(database: Database, time: Time) -> None:
    first = Cache(database, time.now, CALM)
    await first.ask("q", HOUR, Api("ä" * 50_000))
    await first.close()
    second = Cache(database, time.now, CALM)
    assert (await second.ask("q", HOUR, Api(SourceError("Away")))).value == "ä" * 50_000
    await second.close()


async def test_an_answer_from_the_future_is_asked_for_again(cache: Cache, time: Time) -> None:
    await cache.ask("q", HOUR, Api())
    time.present -= timedelta(days=1)
    assert (await cache.ask("q", HOUR, Api("second"))).value == "second"


async def test_who_asks_the_same_at_the_same_time_shares_one_request(cache: Cache) -> None:
    api, other = Api(), Api("other")
    answers = await asyncio.gather(
        *(cache.ask("q", HOUR, api) for _ in range(20)), cache.ask("r", HOUR, other)
    )
    assert {answer.value for answer in answers} == {"first", "other"}
    assert (api.asked, other.asked) == (1, 1)


async def test_one_who_leaves_does_not_take_the_answer_along(cache: Cache) -> None:
    api = Api()
    api.open.clear()
    leaving, staying = (asyncio.create_task(cache.ask("q", HOUR, api)) for _ in range(2))
    while not api.asked:  # noqa: ASYNC110 - one turn of the loop is enough
        await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.sleep(0)
    api.open.set()
    assert (await staying).value == "first"
    assert leaving.cancelled()
    assert api.asked == 1


async def test_a_failure_shows_the_last_answer_and_why_it_is_not_a_new_one(cache: Cache, time: Time) -> None:
    await cache.ask("q", HOUR, Api())
    time.present += 3 * HOUR
    away = Api(SourceError("Numerai can't be reached"))
    assert await cache.ask("q", HOUR, away) == CachedAnswer("first", NOW, "Numerai can't be reached")
    assert await cache.ask("q", HOUR, Api("back")) == CachedAnswer("back", NOW + 3 * HOUR)


async def test_a_failure_without_any_answer_is_a_sentence_for_everybody_who_asked(cache: Cache) -> None:
    away = Api(SourceError("Numerai can't be reached", "Have some tea."))
    away.open.clear()
    asking = [asyncio.create_task(cache.ask("q", HOUR, away)) for _ in range(3)]
    await asyncio.sleep(0.02)
    away.open.set()
    errors = await asyncio.gather(*asking, return_exceptions=True)
    assert [str(error) for error in errors] == ["Numerai can't be reached. Have some tea."] * 3
    assert len({id(error) for error in errors}) == 3
    assert away.asked == 1


async def test_a_mistake_of_ours_is_not_dressed_up(cache: Cache, caplog: pytest.LogCaptureFixture) -> None:
    await cache.ask("classic/2/model/a name", timedelta(), Api())
    with pytest.raises(ZeroDivisionError):
        await cache.ask("classic/2/model/a name", timedelta(), Api(ZeroDivisionError("ours")))
    assert "a question failed: model" in caplog.text
    assert "a name" not in caplog.text, "who was asked about is nobody's business"


async def test_none_is_an_answer_that_is_not_kept(cache: Cache) -> None:
    nobody = Api(None)
    assert [(await cache.ask("q", HOUR, nobody)).value for _ in range(2)] == [None, None]
    assert nobody.asked == 2
    assert await cache.stored("q") is None


async def test_a_slow_answer_is_not_waited_for_where_there_is_an_old_one(
    database: Database, time: Time
) -> None:
    cache = Cache(database, time.now, replace(CALM, stale=0.05), clock=time.clock)
    await cache.ask("q", HOUR, Api())
    time.present += 2 * HOUR
    slow = Api("second")
    slow.open.clear()
    assert await cache.ask("q", HOUR, slow) == CachedAnswer("first", NOW, "Numerai takes too long to answer")
    slow.open.set()

    async def is_second() -> bool:
        return (await cache.ask("q", HOUR, slow)).value == "second"

    await eventually(is_second)
    assert slow.asked == 1
    await cache.close()


async def fell_silent(cache: Cache, time: Time) -> None:
    """Let a question go by that took longer than anybody waits."""

    async def silence() -> None:
        time.seconds += 2 * FOR_EVER
        raise SourceError("Numerai takes too long to answer")

    with pytest.raises(SourceError):
        await cache.ask("another", timedelta(), silence)


async def test_after_a_silence_the_next_waits_are_short_until_there_is_an_answer(
    database: Database, time: Time
) -> None:
    short_only = Patience(budget=FOR_EVER, stale=FOR_EVER, short=0.05)
    cache = Cache(database, time.now, short_only, clock=time.clock)
    await cache.ask("old", timedelta(), Api())
    await fell_silent(cache, time)
    silent = Api()
    silent.open.clear()
    async with asyncio.timeout(PATIENCE):
        late = CachedAnswer("first", NOW, "Numerai takes too long to answer")
        assert await cache.ask("old", timedelta(), silent) == late
        with pytest.raises(SourceError, match=r"^Numerai takes too long to answer\. Try again in a few min"):
            await cache.ask("new", timedelta(), silent)
    await cache.ask("answered", timedelta(), Api())
    again = asyncio.create_task(cache.ask("old", timedelta(), silent))
    await asyncio.wait({again}, timeout=0.1)
    assert not again.done(), "the silence is over: it is waited for as before"
    again.cancel()
    await cache.close()


async def test_after_a_silence_what_somebody_waits_for_already_is_not_waited_for(
    database: Database, time: Time
) -> None:
    for_ever = Patience(budget=FOR_EVER, stale=FOR_EVER, short=FOR_EVER)
    cache = Cache(database, time.now, for_ever, clock=time.clock)
    await cache.ask("old", timedelta(), Api())
    silent = Api()
    silent.open.clear()
    waiting = asyncio.create_task(cache.ask("old", timedelta(), silent))
    while not silent.asked:  # noqa: ASYNC110 - one turn of the loop is enough
        await asyncio.sleep(0)
    await fell_silent(cache, time)
    async with asyncio.timeout(PATIENCE):
        assert (await cache.ask("old", timedelta(), silent)).late == "Numerai takes too long to answer"
    assert not waiting.done()
    waiting.cancel()
    await cache.close()


async def test_a_locked_database_costs_time_and_no_answer(
    cache: Cache, database: Database, file: Path, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    api = Api()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert (await cache.ask("q", HOUR, api)).value == "first"

        async def gave_up() -> bool:
            return "answers can't be kept" in caplog.text

        await eventually(gave_up)
        assert (await cache.ask("q", HOUR, api)).value == "first"
        other.execute("ROLLBACK")
    assert api.asked == 1
    assert await fetched_answer(database, "q") is None
    time.seconds += WRITE_AGAIN_AFTER
    await cache.ask("r", HOUR, api)
    await written(database, "r")
    assert await fetched_answer(database, "q") is not None


async def test_a_read_only_database_costs_no_answer_and_not_all_memory(
    cache: Cache, database: Database
) -> None:
    await database.connection.execute("PRAGMA query_only = ON")
    for number in range(3 * UNWRITTEN):
        assert (await cache.ask(f"{number}", HOUR, Api(number))).value == number
    await database.connection.execute("PRAGMA query_only = OFF")
    await cache.close()
    # the first ones may have been on their way to the database when it refused
    assert (await cache.stored(f"{3 * UNWRITTEN - 1}")) is not None
    assert len(await cache.moments(map(str, range(3 * UNWRITTEN)))) <= 2 * UNWRITTEN


async def test_a_closed_database_costs_no_answer(file: Path, time: Time) -> None:
    database = await open_database(file)
    cache = Cache(database, time.now, CALM)
    await database.close()
    assert (await cache.ask("q", HOUR, Api())).value == "first"
    assert await cache.moments(["q"]) == {"q": NOW}
    await cache.close()


async def test_closing_gives_up_what_is_under_way_and_keeps_what_is_there(
    database: Database, time: Time
) -> None:
    cache = Cache(database, time.now, CALM)
    silent = Api()
    silent.open.clear()
    asking = asyncio.create_task(cache.ask("silent", HOUR, silent))
    while not silent.asked:  # noqa: ASYNC110 - one turn of the loop is enough
        await asyncio.sleep(0)
    await cache.ask("q", HOUR, Api())
    await cache.close()
    with pytest.raises(SourceError):
        await asking
    assert await fetched_answer(database, "q") is not None
    assert await fetched_answer(database, "silent") is None
