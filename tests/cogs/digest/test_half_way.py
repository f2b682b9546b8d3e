"""A summary that Discord takes half of: what is there stays, the rest follows, nothing is made for ever."""

from datetime import timedelta
from typing import Any

import pytest

from storage.database import execute, transaction
from tests.cogs.digest.weekly import DUE, do_due, posts, schedule, something_happens, summaries
from tests.features.polls.polls import opened
from tests.features.proposals.proposing import Clock, deny, rows
from tests.offline import Server, text_of

pytestmark = pytest.mark.slow


async def much_happens(server: Server, now: Clock, count: int = 30) -> None:
    """Enough for several pages."""
    for at in range(count):
        await opened(
            server.database,
            guild_id=server.guild.id,
            now=now(),
            opens_at=now(),
            title=f"Tea {at} {'x' * 90}",
            closes_at=now() + timedelta(days=3),
        )


def made(server: Server) -> int:
    """How many requests made a message or a thread."""
    return sum(
        entry.method == "POST" and entry.path.endswith(("/messages", "/threads"))
        for entry in server.env.http_requests
    )


async def later(server: Server, now: Clock, times: int = 4) -> int:
    """Let the clock look again and again; how many messages and threads were asked for."""
    before = made(server)
    for _ in range(times):
        now.move(hours=7)
        await do_due(server)
    return made(server) - before


def below(room: Any) -> list[str]:
    """What the pages say, in the order in which they came."""
    return [
        text_of(message) for message in room.history() if message.components and not summaries_of(message)
    ]


def summaries_of(message: Any) -> bool:
    return "advisory, not binding" in text_of(message)


async def test_threads_that_may_not_be_opened_cost_no_second_summary(server: Server, now: Clock) -> None:
    await schedule(server)
    await something_happens(server, now)
    server.env.inject_error("POST", "/channels/*/messages/*/threads", status=400, code=160006, times=None)
    now.moment = DUE
    await do_due(server)
    assert len(summaries(server.channel)) == 1
    assert any("Poll 1: Tea?" in page for page in below(server.channel))
    assert [row[2:4] for row in await posts(server)] == [(1, None)]
    assert await later(server, now) == 0


async def test_a_thread_that_takes_nothing_leaves_all_pages_in_the_channel_once(
    server: Server, now: Clock
) -> None:
    await schedule(server)
    await much_happens(server, now)
    await deny(server, server.channel, send_messages_in_threads=False)
    now.moment = DUE
    await do_due(server)
    pages = below(server.channel)
    assert len(pages) > 1
    assert len(pages) == len(set(pages))
    assert sum(page.count("Tea ") for page in pages) >= 30
    assert [row[2:4] for row in await posts(server)] == [(1, None)]
    assert await later(server, now) == 0


async def test_what_passes_is_gone_on_with_where_it_stopped(server: Server, now: Clock) -> None:
    await schedule(server)
    await much_happens(server, now)
    server.env.inject_error("POST", "/channels/*/messages/*/threads", status=503, times=2)
    now.moment = DUE
    await do_due(server)
    assert len(summaries(server.channel)) == 1
    assert below(server.channel) == []
    [(message, pages)] = await rows(server, "message, pages", "digest_posts")
    assert (message, pages) == (summaries(server.channel)[0].id, 0)
    now.move(minutes=2)
    await do_due(server)
    [thread] = server.channel.threads
    assert len(summaries(server.channel)) == 1
    assert len(below(thread)) > 1
    assert [row[2:4] for row in await posts(server)] == [(1, None)]
    assert await later(server, now) == 0


async def test_after_a_crash_only_the_pages_that_are_missing_follow(server: Server, now: Clock) -> None:
    await schedule(server)
    await much_happens(server, now)
    now.moment = DUE
    await do_due(server)
    [thread] = server.channel.threads
    pages = below(thread)
    async with transaction(server.database):
        await execute(server.database, "UPDATE digest_posts SET posted_at = NULL, pages = 1")
    await do_due(server)
    assert below(thread) == [*pages, *pages[1:]]
    assert len(summaries(server.channel)) == 1


async def test_pages_that_are_refused_everywhere_are_told_to_somebody(server: Server, now: Clock) -> None:
    await schedule(server)
    await something_happens(server, now)
    now.moment = DUE
    server.env.inject_error("POST", "/channels/*/messages/*/threads", status=400, code=160006, times=None)
    await do_due(server)
    first = summaries(server.channel)[0]
    async with transaction(server.database):
        await execute(server.database, "UPDATE digest_posts SET posted_at = NULL, pages = 0")
    server.env.inject_error(
        "POST", f"/channels/{server.channel.id}/messages", status=403, code=50013, times=None
    )
    await do_due(server)
    assert summaries(server.channel)[0].id == first.id
    assert (await rows(server, "about", "told_troubles"))[0][0].startswith("summary ")
    assert [row[2:4] for row in await posts(server)] == [(1, None)]
    server.env.backend.faults.clear()
    assert await later(server, now) == 0


@pytest.mark.parametrize("code", [50013, 50001, 50035, 10003])
async def test_a_week_that_is_refused_goes_where_the_announcements_go(
    server: Server, now: Clock, code: int
) -> None:
    room = server.guild.create_text_channel("news")
    await server.moderator.slash(server.channel, "setup channels", announcements=room)
    await schedule(server)
    server.env.inject_error(
        "POST", f"/channels/{server.channel.id}/messages", status=400, code=code, times=None
    )
    now.moment = DUE
    await do_due(server)
    assert summaries(server.channel) == []
    assert len(summaries(room)) == 1
    assert [row[2:5] for row in await posts(server)] == [(1, None, room.id)]
    assert (await rows(server, "about", "told_troubles"))[0][0].startswith("summary ")
    assert await later(server, now) == 0


async def test_what_is_refused_for_no_known_reason_is_given_up_in_the_end(server: Server, now: Clock) -> None:
    await schedule(server)
    server.env.inject_error("POST", "/channels/*/messages", status=400, code=987654, times=None)
    now.moment = DUE
    await do_due(server)
    assert [row[2:4] for row in await posts(server)] == [(0, None)]
    asked = await later(server, now, times=10)
    assert asked < 12, "each time it fails it waits longer"
    assert [row[2:4] for row in await posts(server)] == [
        (0, "I can't post in #payout-talk: Discord refused it with its code 987654")
    ]
    assert await later(server, now) == 0
