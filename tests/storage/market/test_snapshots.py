"""Snapshots of the stake are kept once a day and source, in order, and come back as they were."""

import asyncio
import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from storage.database import Database, execute, fetch_all, transaction
from storage.market.snapshots import StakeSnapshot, keep_snapshot, snapshots

NOW = datetime(2031, 5, 4, 12, 30, 15, 123456, tzinfo=UTC)
DAY = timedelta(days=1)
PLAIN = StakeSnapshot(
    tournament="classic",
    source="Numerai Classic",
    day=NOW.date(),
    models=(("quiet_heron", 30.0), ("brass_kettle", 12.5)),
    accounts=(("herons", 42.5),),
    guessed=False,
    taken_at=NOW,
)
ROW = {
    "tournament": "classic",
    "source": "Sample, 2022",
    "day": "2031-05-04",
    "models": "[]",
    "accounts": "[]",
    "guessed": 0,
    "taken_at": "2031-05-04T12:00:00.000000+00:00",
}


async def days(db: Database) -> list[str]:
    return [row["day"] for row in await fetch_all(db, "SELECT day FROM stake_snapshots ORDER BY day")]


async def test_a_snapshot_comes_back_as_it_was(db: Database) -> None:
    told = replace(
        PLAIN,
        models=(
            ("Ωμέγα 🦉", 0.1 + 0.2),
            ('quote"_\\_', 1 / 3),
            ("dust", 5e-324),
            ("large", 12345678.9012345),
        ),
        accounts=(("*_`~|", 918757.9026523114), ("", 1e-18)),
        guessed=True,
    )
    assert await keep_snapshot(db, told)
    assert await snapshots(db, "classic", "Numerai Classic") == [told]


async def test_a_day_without_any_stake_is_a_snapshot_too(db: Database) -> None:
    assert await keep_snapshot(db, replace(PLAIN, models=(), accounts=()))
    [kept] = await snapshots(db, "classic", "Numerai Classic")
    assert (kept.models, kept.accounts) == ((), ())


async def test_the_first_snapshot_of_a_day_stays(db: Database) -> None:
    assert await keep_snapshot(db, PLAIN)
    later = replace(PLAIN, models=(("newcomer", 1.0),), taken_at=NOW + timedelta(hours=1))
    assert not await keep_snapshot(db, later)
    assert await snapshots(db, "classic", "Numerai Classic") == [PLAIN]


async def test_each_tournament_source_and_day_has_its_own(db: Database) -> None:
    others = [
        replace(PLAIN, tournament="signals"),
        replace(PLAIN, source="Sample, 2022"),
        replace(PLAIN, day=PLAIN.day + DAY),
    ]
    assert [await keep_snapshot(db, each) for each in (PLAIN, *others)] == [True] * 4
    assert await snapshots(db, "classic", "Numerai Classic") == [PLAIN, others[2]]
    assert await snapshots(db, "signals", "Numerai Classic") == [others[0]]
    assert await snapshots(db, "classic", "Sample, 2022") == [others[1]]
    assert await snapshots(db, "crypto", "Numerai Classic") == []
    assert await snapshots(db, "classic", "numerai classic") == []


async def test_snapshots_are_in_order_of_days_however_they_came(db: Database) -> None:
    for day in (date(2031, 10, 2), date(2031, 9, 30), date(2032, 1, 1), date(2031, 10, 1)):
        await keep_snapshot(db, replace(PLAIN, day=day))
    kept = [each.day.isoformat() for each in await snapshots(db, "classic", "Numerai Classic")]
    assert kept == ["2031-09-30", "2031-10-01", "2031-10-02", "2032-01-01"] == await days(db)


async def test_several_at_once_keep_one(db: Database) -> None:
    told = [replace(PLAIN, models=((f"asked_{n}", 1.0),)) for n in range(5)]
    new = await asyncio.gather(*(keep_snapshot(db, each) for each in told))
    assert sorted(new) == [False] * 4 + [True]
    assert await snapshots(db, "classic", "Numerai Classic") == [told[new.index(True)]]


@pytest.mark.parametrize("stake", [float("nan"), float("inf")])
@pytest.mark.parametrize("column", ["models", "accounts"])
async def test_what_is_not_json_is_refused(db: Database, column: str, stake: float) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=f"json_valid\\({column}\\)"):
        await keep_snapshot(db, replace(PLAIN, **{column: (("odd", stake),)}))
    assert await days(db) == []


@pytest.mark.parametrize("changed", [{"tournament": "moon"}, {"source": ""}])
async def test_what_belongs_to_nobody_is_refused(db: Database, changed: dict[str, str]) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=next(iter(changed))):
        await keep_snapshot(db, replace(PLAIN, **changed))
    assert await days(db) == []


async def test_a_moment_without_a_zone_is_refused(db: Database) -> None:
    with pytest.raises(TypeError, match="without a time zone"):
        await keep_snapshot(db, replace(PLAIN, taken_at=NOW.replace(tzinfo=None)))
    assert await days(db) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("day", "2031-5-4"),
        ("day", "2031-05-04T00:00:00"),
        ("day", None),
        ("models", "[[quiet_heron, 1]]"),
        ("accounts", "<html>"),
        ("guessed", 2),
        ("taken_at", "2031-05-04"),
    ],
)
async def test_the_table_refuses_what_no_function_writes(db: Database, column: str, value: object) -> None:
    async def put(row: dict[str, object]) -> None:
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        async with transaction(db):
            await execute(db, f"INSERT INTO stake_snapshots ({names}) VALUES ({marks})", (*row.values(),))

    with pytest.raises(sqlite3.IntegrityError, match=column):
        await put({**ROW, column: value})
    assert await days(db) == []
    await put({**ROW})
    assert await days(db) == ["2031-05-04"]
