"""When a server is told of its week, and what waits for a member."""

import json
from datetime import UTC, datetime

import pytest

from features.digest.summary import set_schedule, waiting_for
from storage.database import Database
from storage.polls.casting import cast
from storage.server import digests
from tests.features.digest.weeks import text
from tests.features.polls.polls import opened
from tests.features.proposals.proposals import ADA, BERT, HERE, NOW, THERE, filed


async def test_a_schedule_begins_with_the_next_week(db: Database) -> None:
    made = await set_schedule(
        db,
        HERE,
        weekday=0,
        hour=18,
        zone="Europe/Berlin",
        channel=11,
        now=datetime(2031, 5, 5, 15, tzinfo=UTC),
    )
    assert made.last_key == "2031-W18"
    again = await set_schedule(
        db,
        HERE,
        weekday=0,
        hour=17,
        zone="Europe/Berlin",
        channel=11,
        now=datetime(2031, 5, 5, 16, tzinfo=UTC),
    )
    assert (again.last_key, again.hour) == ("2031-W18", 17), "the weeks that were told are kept"
    assert await digests.schedule_of(db, HERE) == again
    with pytest.raises(ValueError, match="Europe/Berlin"):
        await set_schedule(db, THERE, weekday=0, hour=18, zone="Berlin", channel=11, now=NOW)
    assert await digests.schedule_of(db, THERE) is None


async def test_what_waits_for_a_member(db: Database) -> None:
    await filed(db, "Mine", text=text("Mine"), now=NOW)
    await filed(db, "Not mine", member_id=BERT, text=text("Not mine"), now=NOW)
    poll = await opened(db, title="Voted")
    await opened(db, title="Not voted")
    await cast(db, HERE, poll.poll_id, ADA, json.dumps("two"), NOW)
    lines = (await waiting_for(db, HERE, ADA, NOW)).lines
    assert lines == ("Poll #2 “Not voted” has no ballot of yours.", "Your proposal #1 “Mine” is at idea.")
    assert (await waiting_for(db, THERE, ADA, NOW)).lines == ()
