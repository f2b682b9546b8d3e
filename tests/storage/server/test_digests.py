"""Weekly summaries: a week is claimed once, is posted or says why not, and rules are kept once a day."""

import asyncio
import sqlite3
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database, execute, fetch_all, open_database, transaction
from storage.server.digests import (
    Schedule,
    claim,
    drop_schedule,
    give_up,
    keep_rules,
    newest_post,
    posted,
    rules_before,
    schedule_of,
    schedules,
    set_schedule,
    unposted,
)
from tests.features.proposals.proposals import HERE, NOW, THERE

PLAIN = Schedule(HERE, 0, 18, "Europe/Berlin", 11, "2031-W17")
KEYS = ("2031-W18", "2031-W19")
DAY = date(2031, 5, 4)


async def test_a_schedule_comes_back_as_it_was_set(db: Database) -> None:
    other = Schedule(THERE, 6, 0, "Australia/Lord_Howe", 900719925474099301, None)
    for each in (PLAIN, other):
        await set_schedule(db, each, NOW)
    assert await schedules(db) == [PLAIN, other]
    assert await schedule_of(db, THERE) == other
    assert await schedule_of(db, 5) is None
    assert await drop_schedule(db, HERE)
    assert not await drop_schedule(db, HERE)
    assert await schedules(db) == [other], "another server's stays"


async def test_a_changed_schedule_keeps_the_weeks_that_were_told(db: Database) -> None:
    await set_schedule(db, PLAIN, NOW)
    await claim(db, HERE, ["2031-W18"], NOW)
    await set_schedule(db, replace(PLAIN, weekday=4, hour=9, channel=12, last_key="2031-W16"), NOW)
    assert await schedule_of(db, HERE) == Schedule(HERE, 4, 9, "Europe/Berlin", 12, "2031-W18")


async def test_a_claimed_week_is_unposted_until_it_is_there(db: Database) -> None:
    await set_schedule(db, PLAIN, NOW)
    assert await newest_post(db, HERE) is None
    assert await claim(db, HERE, KEYS, NOW)
    [waiting] = await unposted(db)
    assert (waiting.key, waiting.keys, waiting.claimed_at) == ("2031-W19", KEYS, NOW)
    assert (waiting.posted_at, waiting.given_up, waiting.channel, waiting.message) == (None,) * 4
    assert (await schedule_of(db, HERE)) == replace(PLAIN, last_key="2031-W19")
    later = NOW + timedelta(minutes=1)
    await posted(db, HERE, "2031-W19", 11, 12, later)
    assert await unposted(db) == []
    assert await newest_post(db, HERE) == replace(waiting, posted_at=later, channel=11, message=12)


async def test_what_is_given_up_says_why_and_stays_claimed(db: Database) -> None:
    await set_schedule(db, PLAIN, NOW)
    await claim(db, HERE, KEYS, NOW)
    await give_up(db, HERE, "2031-W19", "its channel is gone" + "x" * 999)
    assert await unposted(db) == []
    post = await newest_post(db, HERE)
    assert post is not None
    assert post.given_up == ("its channel is gone" + "x" * 999)[:300]
    assert post.posted_at is None
    assert not await claim(db, HERE, ["2031-W19"], NOW)


async def test_a_week_is_claimed_once_whoever_asks_when(db: Database) -> None:
    for guild_id in (HERE, THERE):
        await set_schedule(db, replace(PLAIN, guild_id=guild_id), NOW)
    won = await asyncio.gather(*(claim(db, HERE, ["2031-W18"], NOW) for _ in range(5)))
    assert sorted(won) == [False] * 4 + [True]
    assert await claim(db, THERE, ["2031-W18"], NOW), "each server has its own weeks"
    assert [post.guild_id for post in await unposted(db)] == [HERE, THERE]


async def test_a_week_that_was_claimed_before_moves_nothing(db: Database) -> None:
    await set_schedule(db, PLAIN, NOW)
    await claim(db, HERE, ["2031-W18"], NOW)
    await drop_schedule(db, HERE)
    await set_schedule(db, PLAIN, NOW)
    assert not await claim(db, HERE, ["2031-W18"], NOW)
    assert await schedule_of(db, HERE) == PLAIN
    assert len(await fetch_all(db, "SELECT 1 FROM digest_posts")) == 1


async def test_a_claim_outlives_the_process(file: Path) -> None:
    first = await open_database(file)
    await set_schedule(first, PLAIN, NOW)
    await claim(first, HERE, KEYS, NOW)
    await first.close()
    again = await open_database(file)
    try:
        assert [post.keys for post in await unposted(again)] == [KEYS]
        assert not await claim(again, HERE, KEYS, NOW)
    finally:
        await again.close()


async def test_the_newest_week_is_the_last_of_the_calendar(db: Database) -> None:
    await set_schedule(db, PLAIN, NOW)
    for key in ("2031-W52", "2032-W01", "2031-W09"):
        await claim(db, HERE, [key], NOW)
    post = await newest_post(db, HERE)
    assert post is not None
    assert post.key == "2032-W01"


async def test_rules_are_kept_once_a_day_and_source(db: Database) -> None:
    async def keep(rule: str, day: date = DAY, source: str = "Numerai Classic") -> bool:
        return await keep_rules(db, "classic", source, day, rule=rule, differs="d", rounds="[]")

    assert await keep("1xCORR")
    assert not await keep("2xCORR"), "the first of a day stays"
    assert await keep("3xCORR", DAY + timedelta(days=3))
    assert await keep("other", source="Sample, 2022")
    asked = [
        await rules_before(db, "classic", "Numerai Classic", DAY + timedelta(days=after))
        for after in (0, 1, 3, 4)
    ]
    assert asked == [None, ("1xCORR", "d"), ("1xCORR", "d"), ("3xCORR", "d")]
    assert await rules_before(db, "signals", "Numerai Classic", DAY + timedelta(days=9)) is None


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"weekday": 7}, "weekday"),
        ({"hour": 24}, "hour"),
        ({"hour": -1}, "hour"),
        ({"zone": ""}, "zone"),
        ({"last_key": "2031-5"}, "last_key"),
    ],
)
async def test_the_table_refuses_what_is_no_schedule(
    db: Database, changed: dict[str, Any], named: str
) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=named):
        await set_schedule(db, replace(PLAIN, **changed), NOW)
    assert await schedules(db) == []


async def test_the_tables_refuse_what_is_no_week_and_no_rule(db: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="key"):
        await claim(db, HERE, ["last week"], NOW)
    with pytest.raises(sqlite3.IntegrityError, match="json_valid"):
        async with transaction(db):
            await execute(
                db,
                "INSERT INTO digest_posts (guild_id, key, keys, claimed_at) VALUES (1, '2031-W18', 'x', ?)",
                ("2031-05-04T12:00:00.000000+00:00",),
            )
    with pytest.raises(sqlite3.IntegrityError, match="tournament"):
        await keep_rules(db, "moon", "s", DAY, rule="", differs="", rounds="[]")
    with pytest.raises(sqlite3.IntegrityError, match="json_valid"):
        await keep_rules(db, "classic", "s", DAY, rule="", differs="", rounds="nan]")
    assert await unposted(db) == []
