"""Monthly returns that servers load: one's own, replaced and deleted, whole or not at all."""

import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.database import Database, StorageError, open_database
from storage.market.returns import replace_returns, returns_of

NOW = datetime(2031, 5, 1, tzinfo=UTC)


@pytest.fixture
async def db(file: Path) -> AsyncIterator[Database]:
    db = await open_database(file)
    yield db
    await db.close()


async def test_a_file_takes_the_place_of_the_last_one_of_its_server(db: Database) -> None:
    assert await returns_of(db, 7) == {}
    assert await replace_returns(db, 7, {"2031-02": 2.0, "2031-01": -1.5}, NOW) == 0
    await replace_returns(db, 8, {"2031-01": 9.0}, NOW)
    assert list((await returns_of(db, 7)).items()) == [("2031-01", -1.5), ("2031-02", 2.0)]
    assert await replace_returns(db, 7, {"2031-03": 0.0}, NOW) == 2
    assert await returns_of(db, 7) == {"2031-03": 0.0}
    assert await replace_returns(db, 7, {}, NOW) == 1
    assert await returns_of(db, 7) == {}
    assert await returns_of(db, 8) == {"2031-01": 9.0}


@pytest.mark.parametrize(
    ("month", "percent"), [("2031-1", 1.0), ("=1+1", 1.0), ("2031-01", -101.0), ("2031-01", 1001.0)]
)
async def test_what_is_refused_leaves_what_was_there(db: Database, month: str, percent: float) -> None:
    await replace_returns(db, 7, {"2031-03": 1.0}, NOW)
    with pytest.raises((sqlite3.IntegrityError, StorageError)):
        await replace_returns(db, 7, {"2031-02": 1.0, month: percent}, NOW)
    assert await returns_of(db, 7) == {"2031-03": 1.0}
