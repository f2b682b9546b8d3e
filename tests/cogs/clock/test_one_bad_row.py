"""One row that nobody can do anything with, or a clock that was wrong: nobody else waits."""

from typing import Any

import pytest

from governance.zones import known_zones
from storage.server.digests import Schedule, set_schedule
from tests.cogs.clock.test_clock import change, fail_edits
from tests.features.polls.polling import labels, look, start
from tests.features.proposals.proposing import Clock, card_in, rows
from tests.offline import Server


@pytest.fixture
def now() -> Clock:
    return Clock()


async def test_what_failed_while_the_clock_ran_ahead_is_tried_once_it_is_set_back(
    server: Server, now: Clock
) -> None:
    ada = server.guild.add_member(server.env.create_user("ada", global_name="Ada"))
    await start(server, ada, hours=24.0)
    now.move(days=2)
    fail_edits(server, times=6)
    await look(server)
    assert "Vote" in labels(card_in(server.channel))
    server.env.backend.faults.clear()
    now.move(days=-1)  # it had run a day ahead
    await look(server)
    assert labels(card_in(server.channel)) == ["My ballot", "Details"]


async def test_what_is_done_daily_is_done_again_though_the_clock_had_run_ahead(
    server: Server, now: Clock
) -> None:
    clock: Any = server.bot.get_cog("Clock")
    [lane] = [lane for lane in clock._lanes if lane.jobs[0].name == "dropping what is over"]
    done: list[bool] = []
    for days in (1, 30, -30, 0):
        now.move(days=days)
        before = dict(clock._waits)
        await clock._follow(lane)
        done.append(clock._waits != before)
    assert done == [True, True, True, False]


@pytest.mark.parametrize(
    "bad", ["last_key = '2031-W99'", "zone = 'Mars/Olympus'", "channel = 1", "last_key = '2090-W01'"]
)
async def test_a_schedule_that_says_no_moment_stops_no_other(server: Server, now: Clock, bad: str) -> None:
    other = server.env.create_guild("Another table")
    room = other.create_text_channel("weekly")
    for guild, channel in ((server.guild, server.channel), (other, room)):
        await set_schedule(server.database, Schedule(guild.id, 0, 9, "UTC", channel.id, None), now())
    await change(server, f"UPDATE digest_schedules SET {bad} WHERE guild_id = {server.guild.id}")
    now.move(days=14)
    await look(server)
    posted = await rows(server, "guild_id", "digest_posts WHERE posted_at IS NOT NULL")
    assert posted.count((other.id,)) == 1


async def test_what_is_kept_for_a_while_goes_by_the_clock(server: Server, now: Clock) -> None:
    await server.ben.slash(server.channel, "stakes who", name="model_07585")
    assert len(await rows(server, "member_id", "asked_questions")) == 1
    now.move(days=31)
    await look(server)
    assert await rows(server, "member_id", "asked_questions") == []


def test_the_zones_of_this_host_are_read_once() -> None:
    assert known_zones() is known_zones()
    assert "Europe/Berlin" in known_zones()
