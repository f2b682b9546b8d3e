"""All or nothing, and one task at a time."""

import asyncio
import sqlite3
from contextlib import nullcontext
from datetime import UTC, datetime

import pytest

from storage.database import Database, StorageError, fetch_all, fetch_one, joined, transaction, write_alone
from storage.members.links import AccountLink, link_of, set_link
from storage.moments import to_text
from storage.server.settings import set_sharing, settings_of
from tests.pairs import insert, insert_pair, next_user_is_well, rows_in_file

INSERT = "INSERT INTO guild_settings (guild_id, sharing, changed_at) VALUES "
NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)


async def test_a_transaction_writes_all(db: Database) -> None:
    await insert_pair(db)
    assert rows_in_file(db) == 2
    await next_user_is_well(db)


async def test_an_error_undoes_all(db: Database) -> None:
    async def insert_twice() -> None:
        async with transaction(db):
            await insert(db, 1)
            await insert(db, 1)

    with pytest.raises(sqlite3.IntegrityError):
        await insert_twice()
    assert rows_in_file(db) == 0
    await next_user_is_well(db)


async def test_what_one_task_rolls_back_does_not_touch_what_another_wrote(db: Database) -> None:
    inside = asyncio.Event()

    async def fails() -> None:
        async with transaction(db):
            await insert(db, 1)
            inside.set()
            for _ in range(5):
                await fetch_one(db, "SELECT 1")
            raise LookupError("changed my mind")

    async def succeeds() -> None:
        await inside.wait()
        async with transaction(db):
            await insert(db, 2)

    results = await asyncio.gather(fails(), succeeds(), return_exceptions=True)
    assert isinstance(results[0], LookupError)
    assert results[1] is None
    assert [row["guild_id"] for row in await fetch_all(db, "SELECT guild_id FROM guild_settings")] == [2]


@pytest.mark.parametrize("commits", [True, False])
async def test_a_reader_sees_only_what_was_committed(db: Database, commits: bool) -> None:
    reader = None
    try:
        async with transaction(db):
            await insert(db, 1)
            reader = asyncio.create_task(settings_of(db, 1))
            for _ in range(5):
                assert not (await settings_of(db, 1)).sharing  # the writer sees its own row
            assert not reader.done()
            if not commits:
                raise LookupError("changed my mind")
    except LookupError:
        pass
    assert reader is not None
    assert (await reader).sharing is not commits


async def test_a_hundred_writes_at_once_all_land(db: Database) -> None:
    links = [
        AccountLink(member_id, f"model_{member_id}", "model", "classic", NOW) for member_id in range(100)
    ]
    await asyncio.gather(*(set_link(db, link) for link in links))
    assert [await link_of(db, link.member_id) for link in links] == links


async def test_a_transaction_inside_a_transaction_is_a_mistake(db: Database) -> None:
    async def nest() -> None:
        async with transaction(db):
            await insert(db, 1)
            await set_sharing(db, 2, False, NOW)

    with pytest.raises(RuntimeError, match="inside a transaction"):
        await nest()
    assert rows_in_file(db) == 0
    await next_user_is_well(db)


@pytest.mark.parametrize("fails", [True, False])
async def test_what_joins_a_transaction_is_written_with_it_or_not_at_all(db: Database, fails: bool) -> None:
    async def write() -> None:
        async with transaction(db):
            async with joined(db):
                await insert(db, 1)
            if fails:
                raise LookupError("changed my mind")

    with pytest.raises(LookupError) if fails else nullcontext():
        await write()
    assert rows_in_file(db) == (0 if fails else 1)
    async with joined(db):
        await insert(db, 2)
    assert rows_in_file(db) == (1 if fails else 2), "on its own it is a transaction"
    await next_user_is_well(db)


async def test_a_write_outside_a_transaction_is_a_mistake(db: Database) -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        await insert(db, 1)
    assert rows_in_file(db) == 0


async def test_a_write_alone_is_whole_or_nothing_and_never_inside_another(db: Database) -> None:
    await write_alone(db, INSERT + "(1, 0, ?)", (to_text(NOW),))
    assert rows_in_file(db) == 1
    with pytest.raises(sqlite3.IntegrityError):
        await write_alone(db, INSERT + "(2, 0, ?), (1, 0, ?)", (to_text(NOW), to_text(NOW)))
    async with transaction(db):
        with pytest.raises(RuntimeError, match="inside a transaction"):
            await write_alone(db, INSERT + "(2, 0, ?)", (to_text(NOW),))
    assert rows_in_file(db) == 1
    await next_user_is_well(db)


async def test_closing_waits_for_the_transaction_under_way(db: Database) -> None:
    async with transaction(db):
        await insert(db, 1)
        closing_task = asyncio.create_task(db.close())
        late = asyncio.create_task(set_sharing(db, 3, False, NOW))
        for _ in range(5):
            await fetch_one(db, "SELECT 1")
        await insert(db, 2)
    await closing_task
    with pytest.raises(StorageError, match="shutting down"):
        await late
    assert rows_in_file(db) == 2
