"""The present of the polls' tests."""

import pytest

from tests.features.proposals.proposing import Clock


@pytest.fixture
def now() -> Clock:
    return Clock()
