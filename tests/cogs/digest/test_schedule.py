"""`/digest schedule`: the weekday, hour, zone and channel that moderators set, mistype, change and end."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import discord
import pytest

from features.digest.posting import claim_weeks
from storage.database import execute, transaction
from storage.server import digests
from storage.server.digests import Schedule
from storage.server.settings import change_settings, settings_of
from tests.cogs.digest.weekly import DUE, ZONE, do_due, posts, schedule, something_happens, summaries
from tests.features.proposals.proposing import Clock, deny, rows
from tests.offline import Server, said, text_of


async def test_a_schedule_is_told_with_its_next_moment_and_kept(server: Server) -> None:
    told = await schedule(server)
    assert told.content == (
        f"The summary goes to <#{server.channel.id}> every Monday at 18:00 (Europe/Berlin, "
        f"{server.bot.now().astimezone(ZoneInfo(ZONE)):%H:%M} there now), "
        f"next <t:{int(DUE.timestamp())}:F>."
    )
    kept = Schedule(server.guild.id, 0, 18, ZONE, server.channel.id, "2031-W18")
    assert await digests.schedules(server.database) == [kept]


async def test_the_server_s_zone_and_this_channel_are_meant_without_others(server: Server) -> None:
    await change_settings(server.database, server.guild.id, server.bot.now(), zone="America/New_York")
    told = said(await server.moderator.slash(server.channel, "digest schedule"))
    assert "every Monday at 18:00 (America/New_York, " in told.content
    [kept] = await digests.schedules(server.database)
    assert (kept.zone, kept.channel) == ("America/New_York", server.channel.id)


async def test_a_week_that_was_told_is_not_promised_again(server: Server, now: Clock) -> None:
    await schedule(server)
    now.moment = DUE
    await do_due(server)
    told = await schedule(server, weekday="Friday")
    friday = datetime(2031, 5, 16, 16, tzinfo=UTC)
    assert f"next <t:{int(friday.timestamp())}:F>" in told.content
    for moment, count in ((friday - timedelta(days=7), 1), (friday - timedelta(minutes=1), 1), (friday, 2)):
        now.moment = moment
        await do_due(server)
        assert len(summaries(server.channel)) == count


async def test_a_week_that_the_new_schedule_ends_earlier_is_told_at_once(server: Server, now: Clock) -> None:
    await schedule(server, weekday="Friday")
    now.moment = datetime(2031, 5, 8, 12, tzinfo=UTC)  # Thursday
    told = await schedule(server)
    assert f"next <t:{int(now.moment.timestamp())}:F>" in told.content
    await do_due(server)
    assert [row[0] for row in await posts(server)] == ["2031-W19"]


BAD: list[tuple[dict[str, Any], str]] = [
    ({"zone": "Europe/Berln"}, "“Europe/Berln” is no time zone of a city"),
    ({"zone": "Europe/Berln"}, "Did you mean Europe/Berlin"),
    ({"zone": "Lord How"}, "Did you mean Australia/Lord_Howe ("),
    ({"hour": 24}, "The hour is a number from 0 to 23, not 24."),
    ({"hour": -1}, "The hour is a number from 0 to 23, not -1."),
]


async def test_what_is_no_schedule_is_told_and_not_kept(server: Server, subtests: pytest.Subtests) -> None:
    for options, sentence in BAD:
        with subtests.test(sentence):
            assert sentence in (await schedule(server, **options)).content
    assert await digests.schedules(server.database) == []


async def test_zones_are_completed(server: Server) -> None:
    choices = await server.moderator.autocomplete(server.channel, "digest schedule", "zone", "lord how")
    assert [choice["value"] for choice in choices] == ["Australia/Lord_Howe"]


async def test_members_schedule_post_and_keep_nothing(server: Server) -> None:
    for command in ("schedule", "now", "snapshot"):
        told = said(await server.ben.slash(server.channel, f"digest {command}"))
        assert told.content == "Only moderators of this server can do that."
    assert await digests.schedules(server.database) == []
    assert server.channel.history() == []
    assert await rows(server, "1", "rule_snapshots") == []


async def test_a_channel_that_takes_no_cards_is_refused_with_the_way_out(server: Server) -> None:
    for permission in ("send_messages", "embed_links", "attach_files", "view_channel"):
        room = server.guild.create_text_channel(f"no-{permission.replace('_', '-')}")
        await deny(server, room, **{permission: False})
        told = await schedule(server, channel=room)
        assert told.content == f"I may not post cards in #{room.name}. Ask a moderator to type /setup check."
    assert await digests.schedules(server.database) == []


async def test_a_thread_is_no_place_for_summaries(server: Server, now: Clock) -> None:
    await schedule(server)
    await something_happens(server, now)
    now.moment = DUE
    await do_due(server)
    await schedule(server, off=True)
    [thread] = server.channel.threads
    told = said(await server.moderator.slash(thread, "digest schedule"))
    assert told.content == "Summaries go to a text channel: pick one."
    [option] = [
        each
        for each in server.bot.tree.get_command("digest").get_command("schedule").parameters  # type: ignore[union-attr]
        if each.name == "channel"
    ]
    assert discord.ChannelType.forum not in option.channel_types, "Discord does not offer it"
    assert await digests.schedules(server.database) == []


async def test_off_ends_it(server: Server, now: Clock) -> None:
    assert (await schedule(server, off=True)).content == "None were scheduled."
    await schedule(server)
    assert (await schedule(server, off=True)).content == "No more summaries are posted here."
    now.moment = DUE
    await do_due(server)
    assert summaries(server.channel) == []
    assert await posts(server) == []


async def test_a_zone_that_this_host_lacks_breaks_nothing(server: Server, now: Clock) -> None:
    """As after a move to another machine: UTC holds, and the settings say so."""
    await change_settings(server.database, server.guild.id, now(), zone="Mars/Olympus")
    told = said(await server.moderator.slash(server.channel, "digest schedule"))
    assert "every Monday at 18:00 (UTC, " in told.content
    async with transaction(server.database):
        await execute(server.database, "UPDATE digest_schedules SET zone = 'Mars/Olympus'")
    [kept] = await digests.schedules(server.database)
    assert kept.zone == "UTC"
    assert await claim_weeks(server.database, kept, now() + timedelta(days=14))
    shown = said(await server.moderator.slash(server.channel, "setup show"))
    assert "Mars/Olympus, which this host does not know: UTC holds" in text_of(shown)
    for command in ("promise list", "digest preview"):
        told = said(await server.moderator.slash(server.channel, command))
        assert "Something went wrong" not in told.content
    assert (await settings_of(server.database, server.guild.id)).zone == "Mars/Olympus", "nothing is lost"
