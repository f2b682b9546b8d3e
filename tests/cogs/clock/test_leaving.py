"""Servers that remove the bot and come back, or don't; outages; and channels, roles and members that go."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from simcord.backend import serializers

from bot import create_bot
from storage.polls.polls import poll_of as kept_poll
from storage.server import digests
from storage.server.digests import Schedule
from storage.server.leaving import known_guilds, left_guilds
from storage.server.settings import change_settings, settings_of
from tests.features.polls.polling import close, look, poll_of, start, vote
from tests.features.polls.polls import opened
from tests.features.proposals.proposals import HERE
from tests.features.proposals.proposing import Clock, ask, card_in, file, view_of, without_limits
from tests.offline import Server, said, text_of

pytestmark = pytest.mark.slow  # a bot for each test


@pytest.fixture
def now() -> Clock:
    return Clock()


@pytest.fixture
def ada(server: Server) -> Any:
    return server.guild.add_member(server.env.create_user("ada", global_name="Ada"))


async def leave(server: Server, **more: Any) -> None:
    """What the gateway says of a removal, or of an outage; the server itself stays for a return."""
    server.env.backend.emit("GUILD_DELETE", {"id": str(server.guild.id)} | more)
    await server.env.settle()


async def come_back(server: Server) -> None:
    backend = server.env.backend
    there = backend.guilds[server.guild.id]
    backend.emit("GUILD_CREATE", serializers.guild_create_payload(backend, there))
    await server.env.settle()


def edits(server: Server) -> int:
    return sum("/messages" in entry.path for entry in server.env.http_requests)


async def test_who_comes_back_in_time_keeps_everything_and_is_told_what_fell_due(
    server: Server, ada: Any, now: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    card = await start(server, ada, hours=24.0)
    for member in (server.ben, server.moderator):
        await vote(server, member, card, "single", [1])
    await file(server, ada)
    kept = Schedule(server.guild.id, 0, 18, "UTC", server.channel.id, "2031-W18")
    await digests.set_schedule(server.database, kept, now())
    await look(server)
    await leave(server)
    before = edits(server)
    for _ in range(29):
        now.move(days=1)
        await look(server)
    assert edits(server) == before
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert await left_guilds(server.database) == {server.guild.id}
    assert (await poll_of(server)).poll.state == "open"
    await come_back(server)
    now.move(minutes=1)
    await look(server)
    assert await left_guilds(server.database) == set()
    post = await digests.newest_post(server.database, server.guild.id)
    assert post is not None
    assert post.posted_at is not None
    assert post.keys == ("2031-W19", "2031-W20", "2031-W21", "2031-W22")
    now.move(days=2)  # of which the poll may be extended
    await look(server)
    assert (await poll_of(server)).poll.state == "closed"
    texts = [text_of(message) for message in server.channel.history()]
    assert sum("Cut TC wins." in text for text in texts) >= 1
    assert len(await known_guilds(server.database)) == 1
    now.move(days=60)  # the mark is gone, and what it would have done
    await look(server)
    assert (await poll_of(server)).poll.state == "closed"


async def test_after_thirty_days_everything_of_that_server_is_gone_and_nothing_of_others(
    server: Server, ada: Any, now: Clock
) -> None:
    await start(server, ada, hours=24.0)
    other = server.env.create_guild("Elsewhere")
    await change_settings(server.database, other.id, now(), zone="Europe/Berlin")
    await leave(server)
    await look(server)
    now.move(days=30)
    now.move(seconds=-1)
    await look(server)
    assert await known_guilds(server.database) == {server.guild.id, other.id}
    now.move(seconds=1)
    await look(server)
    assert await known_guilds(server.database) == {other.id}
    assert await left_guilds(server.database) == set()
    assert (await settings_of(server.database, other.id)).zone == "Europe/Berlin"


async def test_an_outage_is_no_removal(server: Server, ada: Any, now: Clock) -> None:
    await start(server, ada, hours=24.0)
    await leave(server, unavailable=True)
    before = edits(server)
    for _ in range(40):
        now.move(days=1)
        await look(server)
    assert await left_guilds(server.database) == set()
    assert edits(server) == before
    await come_back(server)
    await look(server)
    assert (await poll_of(server)).poll.state == "closed"
    assert "Vote" not in str(card_in(server.channel).components)


async def test_a_removal_while_the_bot_was_off_is_noticed_at_the_next_start(
    server: Server, now: Clock, settings: Any, source: Any
) -> None:
    await opened(server.database, guild_id=HERE, now=now())
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=source, now=now))
    await server.env.settle()
    await look(server)
    assert await left_guilds(server.database) == {HERE}
    now.move(days=29)
    await look(server)
    assert await kept_poll(server.database, HERE, 1) is not None
    now.move(days=1)
    await look(server)
    assert await kept_poll(server.database, HERE, 1) is None


async def test_channels_that_go_break_nothing(
    server: Server, ada: Any, now: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """A poll's, the proposals', the announcements', a summary's: what else there is goes on."""
    await without_limits(server)
    rooms = [server.guild.create_text_channel(name) for name in ("polls", "proposals", "news", "weekly")]
    polls, proposals, news, weekly = rooms
    await change_settings(
        server.database, server.guild.id, now(), proposal_channel=proposals.id, announce_channel=news.id
    )
    kept = Schedule(server.guild.id, 0, 18, "UTC", weekly.id, "2031-W18")
    await digests.set_schedule(server.database, kept, now())
    await start(server, ada, channel=polls, hours=24.0)
    await start(server, ada, hours=48.0)
    await file(server, ada)
    for room in rooms:
        server.env.backend.delete_channel(room.id)
    await server.env.settle()
    await ask(server, server.ben, "second", number=1)
    now.move(days=9)
    for _ in range(3):
        await look(server)
        now.move(minutes=1)
    assert [(await poll_of(server, number)).poll.state for number in (1, 2)] == ["closed", "closed"]
    assert "Poll" not in str(warnings_of(caplog, "failed"))
    told = await ask(server, server.ben, "show", number=1)
    assert "1 of 2 secondings" in text_of(told)
    last = said(await server.ben.slash(server.channel, "digest last"))
    assert "the channel or thread is gone" in last.content
    caplog.clear()
    now.move(days=1)
    await look(server)
    assert warnings_of(caplog, "") == [], "what has nowhere to be shown is told once"


def warnings_of(caplog: pytest.LogCaptureFixture, word: str) -> list[str]:
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    return [each for each in told if word in each]


async def test_a_role_and_an_author_that_go_break_nothing(server: Server, ada: Any, now: Clock) -> None:
    role = server.guild.create_role("Judges")
    await change_settings(server.database, server.guild.id, now(), moderator_role=role.id, team_role=role.id)
    await file(server, ada)
    card = await start(server, ada, hours=24.0)
    await vote(server, server.ben, card, "single", [1])
    server.env.backend.delete_role(server.guild.id, role.id)
    server.env.backend.remove_member(server.guild.id, ada.id)
    await server.env.settle()
    shown = said(await server.moderator.slash(server.channel, "setup show"))
    assert "Time zone" in text_of(shown)
    hidden = await ask(server, server.moderator, "hide", number=1, reason="Its author left.")
    assert "is hidden" in hidden.content
    view = await close(server, now)
    assert view.poll.state == "closed"
    now.move(days=31)
    await look(server)
    assert (await view_of(server)).stage == "stale"
    assert now() - view.poll.closes_at > timedelta(days=29)
