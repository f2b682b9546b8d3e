"""A loopback API, and clients that ask it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.numerai_server import LoopbackNumerai
from tests.patience import CALM
from tournament.numerai.asking.client import NumeraiClient


@pytest.fixture
async def api() -> AsyncIterator[LoopbackNumerai]:
    async with LoopbackNumerai(first_round=1395) as api:
        yield api


@pytest.fixture
async def new_client(api: LoopbackNumerai) -> AsyncIterator[Callable[..., NumeraiClient]]:
    """Clients of that API, closed in the end: `new_client(patience=HASTY)`."""
    made: list[NumeraiClient] = []

    def new(**options: Any) -> NumeraiClient:
        made.append(NumeraiClient(api.address, **({"patience": CALM} | options)))
        return made[-1]

    yield new
    for client in made:
        await client.close()
