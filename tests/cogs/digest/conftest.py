"""The present of the digest's tests."""

import pytest

from tests.features.proposals.proposing import Clock


@pytest.fixture
def now() -> Clock:
    return Clock()
