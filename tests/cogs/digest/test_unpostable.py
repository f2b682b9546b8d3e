"""Summaries that can't be posted as they should: what is gone, forbidden, in an outage, or refused once."""

from datetime import timedelta
from typing import Any

from storage.server import digests
from storage.server.digests import Schedule
from tests.cogs.digest.weekly import DUE, ZONE, do_due, posts, schedule, something_happens, summaries
from tests.features.proposals.proposing import Clock, deny
from tests.offline import Server, said, text_of

LACKING = "I may not post cards in #payout-talk: I lack Send Messages, Embed Links and Attach Files"


async def given_up(server: Server, reason: str) -> None:
    [row] = await posts(server)
    assert row[2:] == (0, reason, None, None)
    told = said(await server.ben.slash(server.read_only, "digest last"))
    assert told.content == f"The summary of the week of 5 May 2031 could not be posted: {reason}."


async def a_new_channel_works(server: Server, now: Clock, room: Any) -> None:
    told = said(
        await server.moderator.slash(
            server.read_only, "digest schedule", weekday="Monday", hour=18, channel=room, zone=ZONE
        )
    )
    now.moment = DUE + timedelta(days=7)
    assert f"next <t:{int(now.moment.timestamp())}:F>" in told.content
    await do_due(server)
    [message] = summaries(room)
    assert "The week of 12 May: " in text_of(message)
    assert [(row[0], row[2]) for row in await posts(server)] == [("2031-W19", 0), ("2031-W20", 1)]


async def test_a_deleted_channel_is_told_and_a_new_one_works(server: Server, now: Clock) -> None:
    await schedule(server)
    room = server.guild.create_text_channel("summaries")
    server.env.backend.delete_channel(server.channel.id)
    await server.env.settle()
    now.moment = DUE
    await do_due(server)
    await do_due(server)
    await given_up(server, "I can't post where it belongs: the channel or thread is gone")
    await a_new_channel_works(server, now, room)


async def test_a_missing_permission_is_told_and_a_new_channel_works(server: Server, now: Clock) -> None:
    await schedule(server)
    room = server.guild.create_text_channel("summaries")
    await deny(server, server.channel, send_messages=False)
    now.moment = DUE
    await do_due(server)
    await do_due(server)
    assert summaries(server.channel) == []
    await given_up(server, LACKING)
    await a_new_channel_works(server, now, room)


async def test_without_threads_the_pages_follow_in_the_channel(server: Server, now: Clock) -> None:
    await schedule(server)
    await something_happens(server, now)
    await deny(server, server.channel, create_public_threads=False, send_messages_in_threads=False)
    now.moment = DUE
    await do_due(server)
    first, page = [message for message in server.channel.history() if message.components]
    assert "Poll 1: Tea?" in text_of(page)
    assert (await posts(server))[0][2:] == (1, None, server.channel.id, first.id)


async def test_threads_that_take_no_messages_leave_the_pages_in_the_channel(
    server: Server, now: Clock
) -> None:
    await schedule(server)
    await something_happens(server, now)
    await deny(server, server.channel, send_messages_in_threads=False)
    now.moment = DUE
    await do_due(server)
    assert (await posts(server))[0][2:4] == (1, None)
    told = [text_of(message) for message in server.channel.history()]
    assert sum("Poll 1: Tea?" in text for text in told) == 1


async def test_a_guild_that_is_gone_gets_none_and_the_others_theirs(server: Server, now: Clock) -> None:
    await schedule(server)
    gone = Schedule(5, 0, 18, ZONE, server.channel.id, "2031-W18")
    await digests.set_schedule(server.database, gone, now())
    now.moment = DUE
    await do_due(server)
    assert [row[2:4] for row in await posts(server)] == [(1, None)]


async def test_a_guild_that_is_left_gets_none(server: Server, now: Clock) -> None:
    await schedule(server)
    server.env.backend.remove_guild(server.guild.id)
    await server.env.settle()
    now.moment = DUE
    await do_due(server)
    assert await posts(server) == []


async def test_a_guild_in_an_outage_of_discord_gets_it_later(server: Server, now: Clock) -> None:
    await schedule(server)
    now.moment = DUE
    guild = server.bot.get_guild(server.guild.id)
    assert guild is not None
    guild.unavailable = True
    await do_due(server)
    assert await posts(server) == []
    guild.unavailable = False
    now.move(hours=3)
    await do_due(server)
    assert [row[2:4] for row in await posts(server)] == [(1, None)]


async def test_what_discord_refuses_once_is_tried_again_and_stops_nobody_else(
    server: Server, now: Clock
) -> None:
    await schedule(server)
    other = server.env.create_guild("Elsewhere")
    there = other.create_text_channel("talk")
    await digests.set_schedule(server.database, Schedule(other.id, 0, 18, ZONE, there.id, "2031-W18"), now())
    now.moment = DUE
    server.env.inject_error("POST", f"/channels/{server.channel.id}/messages", status=400)
    await do_due(server)
    assert [len(summaries(room)) for room in (server.channel, there)] == [0, 1]
    now.move(minutes=1)
    await do_due(server)
    assert [len(summaries(room)) for room in (server.channel, there)] == [1, 1]
    assert [row[2] for row in await posts(server)] == [1, 1]
