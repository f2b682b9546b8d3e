"""One simulated hour of 20 members, with a restart and a summary in it; and that what is double is seen."""

import pytest

from storage.database import execute, transaction
from tests.features.proposals.proposing import Clock
from tests.fuzz.stage import Heard
from tests.offline import Server
from tests.soak.day import begin, doubled, forget_the_past, integrity
from tournament.sample import SampleSource

pytestmark = pytest.mark.slow


@pytest.fixture
def now() -> Clock:
    return Clock()


async def test_an_hour_doubles_and_loses_nothing(
    server: Server, now: Clock, settings: object, source: SampleSource
) -> None:
    with Heard.listening() as heard:
        day = await begin(server, now, settings, source, 20)
        for minute in range(60):
            await day.minute(minute)
        assert await doubled(day) + await integrity(day) == []
    assert heard.said == []
    assert day.did["restarts"] == 1
    assert day.did["ballots"] > 30
    assert day.did["reminders sent"] > 0
    async with transaction(server.database):
        await execute(server.database, "DELETE FROM ballots WHERE member_id = ?", (min(day.voted)[1],))
    assert any("lost" in told for told in await doubled(day))
    forget_the_past(server)
    assert not [
        each for kept in server.env.backend.messages.values() for each in kept.values() if each.is_ephemeral
    ]
