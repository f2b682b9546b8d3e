"""A live source as far as proofs go."""

import pytest

from tests.features.account.verifying import Profiles


@pytest.fixture
def live() -> Profiles:
    return Profiles()
