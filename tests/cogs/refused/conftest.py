"""The present of these tests, and what whoever set a server up is told."""

from typing import Any

import pytest

from tests.features.proposals.proposing import Clock
from tests.offline import Server


@pytest.fixture
def now() -> Clock:
    return Clock()


@pytest.fixture
def ada(server: Server) -> Any:
    return server.guild.add_member(server.env.create_user("ada", global_name="Ada"))
