"""An hour and a half of linked accounts at an API with a limit: answers in time, and nobody starved."""

import pytest

from tests.soak.reading import LONGEST_ANSWER, lived

pytestmark = pytest.mark.slow


@pytest.mark.long
def test_members_are_answered_while_everybody_else_is_read() -> None:
    seen = lived(1.5, accounts=60, rush=8)
    assert len(seen.answers) > 40
    # seconds of the simulated clock, so the same on any machine
    assert max(seen.answers) < LONGEST_ANSWER
    assert seen.refused_members == []
    assert seen.over_the_limit == 0
    assert seen.requests > 60 * 5
    assert max(seen.starved) < 1.5, "each model is read again within the hour and a quarter"
