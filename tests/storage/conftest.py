"""A real database file for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database, open_database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "bot.sqlite3"


@pytest.fixture
async def db(database_file: Path) -> AsyncIterator[Database]:
    database = await open_database(database_file)
    yield database
    await database.close()
