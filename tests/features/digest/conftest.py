"""A real database file without limits on proposals."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database, open_database
from tests.features.proposals.proposals import without_limits


@pytest.fixture
async def db(database_file: Path) -> AsyncIterator[Database]:
    database = await open_database(database_file)
    await without_limits(database)
    yield database
    await database.close()
