"""Summaries on request: `/digest preview`, `now`, `last` and `me`, beside the weekly ones."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storage.server import shown_digests
from storage.server.settings import change_settings
from tests.cogs.digest.weekly import DUE, do_due, posts, schedule, something_happens, summaries
from tests.features.polls.polling import labels
from tests.features.proposals.proposing import Clock, deny, file
from tests.offline import Server, said, text_of


async def test_a_preview_is_private_and_no_post(server: Server, now: Clock) -> None:
    await something_happens(server, now)
    result = await server.ben.slash(server.channel, "digest preview")
    first, page = result.response, *result.followups
    assert first.ephemeral
    assert page.ephemeral
    assert len(text_of(first)) < 4000
    start = now() - timedelta(days=7)
    assert f"From <t:{int(start.timestamp())}:f>; data until <t:{int(now().timestamp())}:f>" in text_of(first)
    assert "Poll 1: Tea?" in text_of(page)
    assert server.channel.history() == []
    assert await posts(server) == []


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati", "Europe/Berlin"])
async def test_this_week_is_seven_days_wherever_the_server_is(server: Server, now: Clock, zone: str) -> None:
    await change_settings(server.database, server.guild.id, now(), zone=zone)
    now.moment = datetime(2031, 5, 5, 23, 40, tzinfo=UTC)
    told = text_of(said(await server.ben.slash(server.channel, "digest preview")))
    assert f"From <t:{int((now() - timedelta(days=7)).timestamp())}:f>" in told
    assert "The week of 5 May" in told


async def test_now_posts_beside_the_weekly_one(server: Server, now: Clock) -> None:
    await schedule(server)
    await something_happens(server, now)
    now.moment = DUE - timedelta(hours=2)
    result = await server.moderator.slash(server.channel, "digest now")
    shown = result.response
    assert not shown.ephemeral
    assert "### The week of 5 May: 1 vote closing soon" in text_of(shown)
    assert await posts(server) == []
    now.moment = DUE
    await do_due(server)
    assert len([message for message in server.channel.history() if message.components]) >= 2
    [weekly] = summaries(server.channel)
    assert weekly.id != shown.id
    assert (await posts(server))[0][5] == weekly.id


async def test_now_posts_once_a_day_however_often_it_is_asked_for(server: Server, now: Clock) -> None:
    async def press() -> Any:
        return await server.moderator.slash(server.channel, "digest now")

    first = (await press()).response
    place = f"https://discord.com/channels/{server.guild.id}/{server.channel.id}/{first.id}"
    again = f"The summary of today is posted already: {place}. Delete it to post another one today."
    for _ in range(2):
        now.move(hours=1)
        assert said(await press()).content == again
    assert [message.id for message in server.channel.history() if message.components] == [first.id]
    assert said(await server.ben.slash(server.channel, "digest last")).content == (
        f"Posted by hand on 2031-05-04: {place}"
    )
    server.env.backend.delete_message(server.channel.id, first.id)
    second = (await press()).response
    assert not second.ephemeral
    now.move(days=1)
    third = (await press()).response
    assert len({first.id, second.id, third.id}) == 3


async def test_now_that_could_not_be_posted_is_no_post(server: Server, now: Clock) -> None:
    day, guild_id = now().date(), server.guild.id
    assert await shown_digests.claim_by_hand(server.database, guild_id, day, now())
    told = said(await server.moderator.slash(server.channel, "digest now"))
    assert told.content == "The summary of today is being posted already."
    now.move(minutes=15)  # the process that claimed it died
    result = await server.moderator.slash(server.channel, "digest now")
    assert not result.response.ephemeral


async def test_last_is_what_was_posted_last_however_it_came(server: Server, now: Clock) -> None:
    async def last() -> str:
        return said(await server.ben.slash(server.channel, "digest last")).content

    await schedule(server)
    now.moment = DUE - timedelta(hours=2)
    await server.moderator.slash(server.channel, "digest now")
    assert (await last()).startswith("Posted by hand on 2031-05-05: ")
    now.moment = DUE
    await do_due(server)
    assert (await last()).startswith("The week of 5 May 2031: ")
    now.move(days=1)
    await server.moderator.slash(server.channel, "digest now")
    assert (await last()).startswith("Posted by hand on 2031-05-06: ")
    now.moment = DUE + timedelta(days=7)
    await deny(server, server.channel, send_messages=False)
    await do_due(server)
    by_hand, weekly = (await last()).splitlines()
    assert by_hand.startswith("Posted by hand on 2031-05-06: ")
    assert (
        weekly == "The summary of the week of 12 May 2031 could not be posted: I may not post cards in "
        "#payout-talk: I lack Send Messages, Embed Links and Attach Files."
    )


async def test_last_says_where_the_newest_is(server: Server, now: Clock) -> None:
    none = said(await server.ben.slash(server.channel, "digest last"))
    assert none.content == (
        "No summary has been posted here yet. A moderator can start it with /digest schedule."
    )
    await schedule(server)
    now.moment = DUE
    await do_due(server)
    [message] = summaries(server.channel)
    told = said(await server.ben.slash(server.channel, "digest last"))
    place = f"https://discord.com/channels/{server.guild.id}/{server.channel.id}/{message.id}"
    assert told.content == f"The week of 5 May 2031: {place}"
    other = server.env.create_guild("Elsewhere")
    guest = other.add_member(server.env.create_user("gus"))
    told = said(await guest.slash(other.create_text_channel("talk"), "digest last"))
    assert told.content == none.content


async def test_me_says_what_waits_for_oneself_alone(server: Server, now: Clock) -> None:
    assert "Nothing: all done." in text_of(said(await server.ben.slash(server.channel, "digest me")))
    await file(server, server.ben)
    await something_happens(server, now)
    shown = said(await server.ben.slash(server.channel, "digest me"))
    told = text_of(shown).replace("\\", "")
    assert "“Tea?” has no ballot of yours." in told
    assert "2 things wait for you" in told
    assert labels(shown) == ["Vote in #1", "Read #1"]
    ballot = await server.ben.click(shown.message, label="Vote in #1")
    assert "poll #1" in str(ballot.modal)
    assert "eight weeks after its text" in text_of(
        said(await server.ben.click(shown.message, label="Read #1"))
    )
    assert "“Say it eight weeks ahead” is at idea." in told
    told = text_of(said(await server.moderator.slash(server.channel, "digest me")))
    assert "eight weeks" not in told


async def test_digest_works_in_servers_only(server: Server) -> None:
    assert "digest last" not in server.ben.user.available_commands()
