"""The present of the polls' tests, and public cards that follow each ballot at once."""

import pytest

from tests.features.polls.polling import at_once
from tests.features.proposals.proposing import Clock
from tests.offline import Server


@pytest.fixture
def now() -> Clock:
    return Clock()


@pytest.fixture
def cards(server: Server) -> None:
    at_once(server)
