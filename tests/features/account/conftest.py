"""A real database file, and a live source as far as proofs go."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database, open_database
from tests.features.account.verifying import Profiles


@pytest.fixture
async def db(database_file: Path) -> AsyncIterator[Database]:
    database = await open_database(database_file)
    yield database
    await database.close()


@pytest.fixture
def live() -> Profiles:
    return Profiles()
