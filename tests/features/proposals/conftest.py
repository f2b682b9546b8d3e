"""A real database file of a server without limits on proposals."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database, open_database
from storage.server.settings import change_settings
from tests.features.proposals.proposals import HERE, NOW


@pytest.fixture
async def db(database_file: Path) -> AsyncIterator[Database]:
    database = await open_database(database_file)
    await change_settings(database, HERE, NOW, cooldown_hours=0, open_cap=50)
    yield database
    await database.close()
