"""Half a year of weekly summaries in three zones, with restarts whenever, over both changes of the clocks."""

import itertools
import json
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot import create_bot
from features.digest.digest_card import mark
from storage.database import execute, transaction
from storage.server import digests
from storage.server.digests import Schedule
from tests.cogs.digest.weekly import summaries
from tests.features.polls.polling import look
from tests.features.polls.polls import opened
from tests.features.proposals.proposing import Clock, rows
from tests.offline import Server, text_of

# (zone, weekday, hour): on a Sunday the clocks of the second show this hour twice, those of the third never
PLACES = (("Europe/Berlin", 0, 18), ("America/New_York", 6, 1), ("Australia/Lord_Howe", 6, 2))
START = datetime(2031, 10, 1, 12, tzinfo=UTC)
WEEKS = 28
END = START + timedelta(weeks=WEEKS)


@pytest.fixture
def now() -> Clock:
    return Clock(START)


def expected(zone: str, weekday: int, hour: int) -> dict[str, datetime]:
    """The moments of that half year by the calendar alone: that weekday's date, that hour by the clock there.

    What comes twice is the first (fold 0); 2:00 where it is skipped is the moment at which the clocks jump.
    """
    moments = {}
    day = START.date()
    while day < date(2032, 4, 30):
        if day.weekday() == weekday:
            moment = datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(zone)).astimezone(UTC)
            year, week, _ = day.isocalendar()
            if START < moment <= END:
                moments[f"{year}-W{week:02}"] = moment
        day += timedelta(days=1)
    return moments


def test_the_half_year_has_both_changes_of_the_clocks() -> None:
    for zone, weekday, hour in PLACES:
        moments = sorted(expected(zone, weekday, hour).values())
        apart = Counter(later - earlier for earlier, later in itertools.pairwise(moments))
        assert len(moments) == WEEKS
        assert apart[timedelta(weeks=1)] >= WEEKS - 5
        assert min(apart) < timedelta(weeks=1) < max(apart)
    berlin, new_york, lord_howe = (expected(*place) for place in PLACES)
    assert berlin["2032-W14"] == datetime(2032, 3, 29, 16, tzinfo=UTC)
    assert new_york["2031-W44"] == datetime(2031, 11, 2, 5, tzinfo=UTC), "1:00, the first time"
    assert lord_howe["2031-W40"] == datetime(2031, 10, 4, 15, 30, tzinfo=UTC), "2:30, since there is no 2:00"


@pytest.mark.long
@pytest.mark.slow
async def test_every_week_is_told_once_in_each_zone(
    server: Server, now: Clock, settings: Any, source: Any
) -> None:
    """Ticks at random moments, restarts between them, and deaths after a claim or before a note."""
    rng = random.Random(1)
    rooms = {}
    for zone, weekday, hour in PLACES:
        guild = server.env.create_guild(zone)
        rooms[zone] = guild, guild.create_text_channel("summaries")
        first = min(expected(zone, weekday, hour))
        before = digests_before(first)
        kept = Schedule(guild.id, weekday, hour, zone, rooms[zone][1].id, before)
        await digests.set_schedule(server.database, kept, now())
    moments = sorted({moment for place in PLACES for moment in expected(*place).values()})
    deaths: Counter[str] = Counter()
    for moment in moments:
        now.moment = moment - timedelta(microseconds=1)
        await tick(server)
        assert await noted(server) == sum(m < moment for place in PLACES for m in expected(*place).values())
        now.moment = moment + rng.random() * timedelta(minutes=2)
        death = rng.choice(["none"] * 5 + ["restart", "claimed", "unnoted"])
        deaths[death] += 1
        if death == "claimed":
            await claim_all(server, now)
        await tick(server)
        if death == "unnoted":
            await forget_the_newest(server)
        if death != "none":
            await server.bot.close()
            now.move(minutes=rng.randrange(50))
            await server.env.restart_bot(create_bot(settings, source=source, now=now))
        await tick(server)
    assert min(deaths.values()) > 5
    now.moment = END
    await tick(server)
    for zone, weekday, hour in PLACES:
        guild, room = rooms[zone]
        told = [text_of(message) for message in summaries(room)]
        wanted = expected(zone, weekday, hour)
        assert [card.split("\n")[-1] for card in told] == [f"-# {mark(key)}" for key in wanted]
        for card, moment in zip(told, wanted.values(), strict=True):
            assert f"data until <t:{int(moment.timestamp())}:f>" in card
        starts = [card.split("From <t:")[1].split(":")[0] for card in told]
        assert starts[1:] == [str(int(moment.timestamp())) for moment in wanted.values()][:-1], "no gap"
        kept = await rows(
            server, "key, keys, posted_at IS NOT NULL, given_up, message",
            f"digest_posts WHERE guild_id = {guild.id} ORDER BY key",
        )  # fmt: skip
        assert [row[0] for row in kept] == list(wanted)
        assert all(json.loads(row[1]) == [row[0]] and row[2:4] == (1, None) for row in kept)
        assert [row[4] for row in kept] == [message.id for message in summaries(room)]


def digests_before(key: str) -> str:
    year, week = int(key[:4]), int(key[6:])
    day = date.fromisocalendar(year, week, 1) - timedelta(days=7)
    return f"{day.isocalendar().year}-W{day.isocalendar().week:02}"


async def tick(server: Server) -> None:
    await look(server)


async def noted(server: Server) -> int:
    return len(await rows(server, "1", "digest_posts WHERE posted_at IS NOT NULL"))


async def claim_all(server: Server, now: Clock) -> None:
    """What is on disk when the process dies between the claim and the post."""
    for schedule in await digests.schedules(server.database):
        key = max(
            (key for key, moment in expected(schedule.zone, schedule.weekday, schedule.hour).items()
             if moment <= now()),
            default=None,
        )  # fmt: skip
        if key is not None:
            await digests.claim(server.database, schedule.guild_id, [key], now())


async def forget_the_newest(server: Server) -> None:
    """What is on disk when the process dies between the post and its note."""
    async with transaction(server.database):
        await execute(
            server.database,
            "UPDATE digest_posts SET posted_at = NULL, channel = NULL, message = NULL "
            "WHERE (guild_id, key) IN (SELECT guild_id, max(key) FROM digest_posts GROUP BY guild_id)",
            (),
        )


@pytest.mark.slow
async def test_busy_weeks_keep_one_thread_each(
    server: Server, now: Clock, settings: Any, source: Any
) -> None:
    zone, weekday, hour = PLACES[0]
    room = server.channel
    wanted = list(expected(zone, weekday, hour).items())[:4]
    kept = Schedule(server.guild.id, weekday, hour, zone, room.id, digests_before(wanted[0][0]))
    await digests.set_schedule(server.database, kept, now())
    for number, (_, moment) in enumerate(wanted):
        now.moment = moment - timedelta(days=1)
        await opened(
            server.database, guild_id=server.guild.id, now=now(), opens_at=now(), title=f"Poll {number}",
            closes_at=now() + timedelta(days=2),
        )  # fmt: skip
        now.moment = moment
        await tick(server)
        await forget_the_newest(server)
        await server.bot.close()
        await server.env.restart_bot(create_bot(settings, source=source, now=now))
        await tick(server)
    assert len(summaries(room)) == len(room.threads) == len(wanted)
    for number, thread in enumerate(sorted(room.threads, key=lambda thread: thread.id)):
        pages = [text_of(message) for message in thread.history()]
        assert len([page for page in pages if f"Poll {number}" in str(page)]) == 1
