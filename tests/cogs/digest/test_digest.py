"""`/digest`: posted once a week whatever happens, previewed by everybody, scheduled by moderators."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest

from bot import create_bot
from storage.database import execute, transaction
from storage.polls.casting import cast
from storage.polls.closing import set_poll_place
from storage.polls.polls import Elector
from storage.proposals.arguments import argue
from storage.proposals.proposals import proposal_in
from storage.server import digests
from storage.server.digests import Schedule
from storage.server.settings import change_settings
from tests.features.digest.test_summary import Announced, Broken, held
from tests.features.polls.polling import clock_of, look
from tests.features.polls.polls import close_due, opened
from tests.features.proposals.proposals import ADA, EARLY
from tests.features.proposals.proposing import FORM, Clock, deny, file, rows, without_limits
from tests.features.stakes.test_holders import DAY, calendar, stakes_of
from tests.offline import Server, check_charts, check_limits, said, text_of

ZONE = "Europe/Berlin"
DUE = datetime(2031, 5, 5, 16, tzinfo=UTC)  # Monday, 18:00 in Berlin; the clock starts on the day before
POSTS = "key, keys, posted_at IS NOT NULL, given_up, channel, message"


@pytest.fixture
def now() -> Clock:
    return Clock()


async def schedule(server: Server, **options: Any) -> Any:
    typed = {"weekday": "Monday", "hour": 18, "channel": server.channel, "zone": ZONE} | options
    return said(await server.moderator.slash(server.channel, "digest schedule", **typed))


async def do_due(server: Server) -> None:
    await look(server)


def summaries(room: Any) -> list[Any]:
    """The weekly summaries in a channel, by their marks."""
    return [
        message
        for message in room.history()
        if any((card.footer.text or "").startswith("Week 20") for card in message.embeds)
    ]


async def posts(server: Server) -> list[tuple[Any, ...]]:
    return await rows(server, POSTS, "digest_posts ORDER BY guild_id, key")


async def something_happens(server: Server, now: Clock) -> None:
    await opened(server.database, guild_id=server.guild.id, now=now(), opens_at=now(), title="Tea?",
                 closes_at=now() + timedelta(days=3))  # fmt: skip


async def unnoted(server: Server) -> None:
    """What is on disk when the process dies after Discord took the message."""
    async with transaction(server.database):
        await execute(
            server.database, "UPDATE digest_posts SET posted_at = NULL, channel = NULL, message = NULL", ()
        )


# ---------------------------------------------------------------- once a week


async def test_a_week_is_posted_once_with_its_pages_and_its_chart(server: Server, now: Clock) -> None:
    await schedule(server)
    await something_happens(server, now)
    now.moment = DUE - timedelta(microseconds=1)
    await do_due(server)
    assert summaries(server.channel) == []
    now.moment = DUE
    for _ in range(3):
        await do_due(server)
        now.move(hours=30)
    [message] = summaries(server.channel)
    assert message.embeds[0].title == "Summary of 2031-W19"
    assert "1 vote closing soon" in text_of(message)
    await check_charts(message, 1)
    [thread] = server.channel.threads
    assert thread.name == "Week 2031-W19"
    [page] = [each for each in thread.history() if each.embeds]
    assert "Poll 1: Tea?" in page.embeds[0].description
    assert await posts(server) == [
        ("2031-W19", '["2031-W19"]', 1, None, server.channel.id, message.id)
    ]  # fmt: skip


async def test_a_quiet_week_is_one_line_without_a_chart(server: Server, now: Clock) -> None:
    await schedule(server)
    now.moment = DUE
    await do_due(server)
    [message] = summaries(server.channel)
    assert "A quiet week: no vote closes soon" in text_of(message)
    await check_charts(message, 0)
    assert server.channel.threads == []
    assert len([each for each in server.channel.history() if each.embeds]) == 1


async def test_a_claim_before_a_crash_is_posted_after_it(
    server: Server, now: Clock, settings: Any, source: Any
) -> None:
    await schedule(server)
    now.moment = DUE
    assert await digests.claim(server.database, server.guild.id, ["2031-W19"], DUE)
    await server.bot.close()
    now.move(hours=5)
    await server.env.restart_bot(create_bot(settings, source=source, now=now))
    await do_due(server)
    [message] = summaries(server.channel)
    assert f"data until <t:{int(DUE.timestamp())}:f>" in text_of(message), "the week ends when it was due"
    assert await posts(server) == [("2031-W19", '["2031-W19"]', 1, None, server.channel.id, message.id)]


async def test_a_message_that_was_not_noted_is_noted_and_not_sent_again(
    server: Server, now: Clock, settings: Any, source: Any
) -> None:
    await schedule(server)
    await something_happens(server, now)
    now.moment = DUE
    await do_due(server)
    before = await posts(server)
    await unnoted(server)
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=source, now=now))
    await do_due(server)
    assert await posts(server) == before
    assert len(summaries(server.channel)) == len(server.channel.threads) == 1


async def test_another_member_s_message_with_the_mark_is_not_taken_for_it(server: Server, now: Clock) -> None:
    """Only bots send embeds, so another bot's summary is the case."""
    await schedule(server)
    hook = server.guild.create_webhook(server.channel, "Other")
    card = discord.Embed(title="Summary").set_footer(text="Week 2031-W19 · advisory, not binding on Numerai")
    await hook.send(embed=card)
    now.moment = DUE
    await do_due(server)
    assert len(summaries(server.channel)) == 2
    assert (await posts(server))[0][5] == summaries(server.channel)[1].id


async def test_two_at_once_post_one(server: Server, now: Clock) -> None:
    await schedule(server)
    now.moment = DUE
    clock = clock_of(server)
    await asyncio.gather(clock.tick(), clock.tick(), clock.tick())
    assert len(summaries(server.channel)) == len(await posts(server)) == 1


async def test_weeks_of_outage_are_one_summary_with_all_keys(server: Server, now: Clock) -> None:
    await schedule(server)
    now.moment = DUE
    await do_due(server)
    now.move(days=8)
    await something_happens(server, now)
    now.moment = DUE + timedelta(weeks=3, hours=2)
    await do_due(server)
    await do_due(server)
    first, second = summaries(server.channel)
    assert first.embeds[0].title == "Summary of 2031-W19"
    assert second.embeds[0].title == "Summary of 2031-W20 to 2031-W22"
    assert f"From <t:{int(DUE.timestamp())}:f>" in text_of(second)
    assert [(row[0], json.loads(row[1])) for row in await posts(server)] == [
        ("2031-W19", ["2031-W19"]),
        ("2031-W22", ["2031-W20", "2031-W21", "2031-W22"]),
    ]


async def test_the_loop_finds_it_by_itself(server: Server, now: Clock, settings: Any, source: Any) -> None:
    await schedule(server)
    await server.bot.close()
    now.moment = DUE + timedelta(minutes=3)
    await server.env.restart_bot(create_bot(settings, source=source, now=now))
    await server.env.advance_time(61)
    assert len(summaries(server.channel)) == 1


# ---------------------------------------------------------------- where it can't be posted


async def given_up(server: Server, reason: str) -> None:
    [row] = await posts(server)
    assert row[2:] == (0, reason, None, None)
    told = said(await server.ben.slash(server.read_only, "digest last"))
    assert told.content == f"The summary of week 2031-W19 could not be posted: {reason}."


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
    assert message.embeds[0].title == "Summary of 2031-W20"
    assert [(row[0], row[2]) for row in await posts(server)] == [("2031-W19", 0), ("2031-W20", 1)]


async def test_a_deleted_channel_is_told_and_a_new_one_works(server: Server, now: Clock) -> None:
    await schedule(server)
    room = server.guild.create_text_channel("summaries")
    server.env.backend.delete_channel(server.channel.id)
    await server.env.settle()
    now.moment = DUE
    await do_due(server)
    await do_due(server)
    await given_up(server, "its channel is gone")
    await a_new_channel_works(server, now, room)


async def test_a_missing_permission_is_told_and_a_new_channel_works(server: Server, now: Clock) -> None:
    await schedule(server)
    room = server.guild.create_text_channel("summaries")
    await deny(server, server.channel, send_messages=False)
    now.moment = DUE
    await do_due(server)
    await do_due(server)
    assert summaries(server.channel) == []
    await given_up(server, "I may not post in its channel")
    await a_new_channel_works(server, now, room)


async def test_without_threads_the_pages_follow_in_the_channel(server: Server, now: Clock) -> None:
    await schedule(server)
    await something_happens(server, now)
    await deny(server, server.channel, create_public_threads=False, send_messages_in_threads=False)
    now.moment = DUE
    await do_due(server)
    first, page = [message for message in server.channel.history() if message.embeds]
    assert "Poll 1: Tea?" in page.embeds[0].description
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
    told = [card.description or "" for m in server.channel.history() for card in m.embeds]
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


# ---------------------------------------------------------------- /digest schedule


async def test_a_schedule_is_told_with_its_next_moment_and_kept(server: Server) -> None:
    told = await schedule(server)
    assert told.content == (
        f"The summary goes to <#{server.channel.id}> every Monday at 18:00 (Europe/Berlin), "
        f"next <t:{int(DUE.timestamp())}:F>."
    )
    kept = Schedule(server.guild.id, 0, 18, ZONE, server.channel.id, "2031-W18")
    assert await digests.schedules(server.database) == [kept]


async def test_the_server_s_zone_and_this_channel_are_meant_without_others(server: Server) -> None:
    await change_settings(server.database, server.guild.id, server.bot.now(), zone="America/New_York")
    told = said(await server.moderator.slash(server.channel, "digest schedule"))
    assert "every Monday at 18:00 (America/New_York)" in told.content
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
    ({"zone": "Europe/Berln"}, "There is no time zone called “Europe/Berln”"),
    ({"zone": "Europe/Berln"}, "Did you mean Europe/Berlin"),
    ({"zone": "Lord Howe"}, "Did you mean Australia/Lord\\_Howe?"),
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


# ---------------------------------------------------------------- preview, now, last, me, snapshot


async def test_a_preview_is_private_and_no_post(server: Server, now: Clock) -> None:
    await something_happens(server, now)
    result = await server.ben.slash(server.channel, "digest preview")
    first, page = result.response, *result.followups
    assert first.ephemeral
    assert page.ephemeral
    check_limits(first)
    start = now() - timedelta(days=7)
    assert f"From <t:{int(start.timestamp())}:f>; data until <t:{int(now().timestamp())}:f>" in text_of(first)
    assert "Poll 1: Tea?" in page.embeds[0].description
    assert server.channel.history() == []
    assert await posts(server) == []


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati", "Europe/Berlin"])
async def test_this_week_is_seven_days_wherever_the_server_is(server: Server, now: Clock, zone: str) -> None:
    await change_settings(server.database, server.guild.id, now(), zone=zone)
    now.moment = datetime(2031, 5, 5, 23, 40, tzinfo=UTC)
    told = text_of(said(await server.ben.slash(server.channel, "digest preview")))
    assert f"From <t:{int((now() - timedelta(days=7)).timestamp())}:f>" in told
    assert "Summary of 2031-W19" in told


async def test_now_posts_beside_the_weekly_one(server: Server, now: Clock) -> None:
    await schedule(server)
    await something_happens(server, now)
    now.moment = DUE - timedelta(hours=2)
    result = await server.moderator.slash(server.channel, "digest now")
    shown = result.response
    assert not shown.ephemeral
    assert shown.embeds[0].title == "Summary of 2031-W19"
    assert await posts(server) == []
    now.moment = DUE
    await do_due(server)
    assert len([message for message in server.channel.history() if message.embeds]) >= 2
    [weekly] = summaries(server.channel)
    assert weekly.id != shown.id
    assert (await posts(server))[0][5] == weekly.id


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
    assert told.content == f"Week 2031-W19: {place}"
    other = server.env.create_guild("Elsewhere")
    guest = other.add_member(server.env.create_user("gus"))
    told = said(await guest.slash(other.create_text_channel("talk"), "digest last"))
    assert told.content == none.content


async def test_me_says_what_waits_for_oneself_alone(server: Server, now: Clock) -> None:
    assert "Nothing: all done." in text_of(said(await server.ben.slash(server.channel, "digest me")))
    await file(server, server.ben)
    await something_happens(server, now)
    told = text_of(said(await server.ben.slash(server.channel, "digest me"))).replace("\\", "")
    assert "“Tea?” has no ballot of yours." in told
    assert "“Say it eight weeks ahead” is at idea." in told
    told = text_of(said(await server.moderator.slash(server.channel, "digest me")))
    assert "eight weeks" not in told


async def test_a_snapshot_is_kept_once_a_day(server: Server, now: Clock, settings: Any) -> None:
    source = Announced(
        stakes_of([30, 10, 10]), known_rounds=calendar(3), announced="1xCORR", differs="The table differs."
    )
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=source, now=now))
    for told in (
        "The stakes and rules of today are kept.",
        "The stakes and rules of today were kept already.",
    ):
        reply = said(await server.moderator.slash(server.channel, "digest snapshot"))
        assert reply.content == told
        now.move(hours=6)
    [(day, accounts)] = await rows(server, "day, accounts", "stake_snapshots")
    assert day == "2031-05-04"
    assert json.loads(accounts)[0] == ["heron_0", 30.0]
    [(day, rule, differs, rounds)] = await rows(server, "day, rule, differs, rounds", "rule_snapshots")
    assert (day, rule, differs) == ("2031-05-04", "1xCORR", "The table differs.")
    assert [each["round"] for each in json.loads(rounds)] == [300, 301, 302]


async def test_a_changed_rule_is_told_to_the_moderators_once(
    server: Server, now: Clock, settings: Any
) -> None:
    source = Announced(
        stakes_of([30, 10, 10]), known_rounds=calendar(3), announced="1xCORR", differs="The table differs."
    )
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=source, now=now))
    room = server.guild.create_text_channel("moderators-only")
    await change_settings(server.database, server.guild.id, now(), announce_channel=room.id)
    await schedule(server)
    now.moment = DUE
    for _ in range(2):
        await do_due(server)
    [told] = room.history()
    assert told.content == "The payout rule needs a look:\n• The table differs."
    [message] = summaries(server.channel)
    assert "The table differs." in text_of(message)


async def test_a_source_that_does_not_answer_gets_a_sentence(
    server: Server, now: Clock, settings: Any
) -> None:
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=Broken(None), now=now))
    reply = said(await server.moderator.slash(server.channel, "digest snapshot"))
    assert reply.content == "The leaderboard has not been read yet. Try again in a minute or two."
    assert await rows(server, "1", "stake_snapshots") == await rows(server, "1", "rule_snapshots") == []


async def test_digest_works_in_servers_only(server: Server) -> None:
    assert "digest last" not in server.ben.user.available_commands()


# ---------------------------------------------------------------- a busy week


@pytest.mark.slow
async def test_a_busy_week_tells_everything_as_a_post_and_as_markdown(
    server: Server, now: Clock, settings: Any
) -> None:
    await a_busy_week(server, now, settings)
    now.moment = DUE
    await do_due(server)
    [message] = summaries(server.channel)
    await check_charts(message, 1)
    headline = text_of(message)
    assert "1 vote closing soon · 1 new proposal · 1 revised · 1 result, 1 of them by strategy" in headline
    assert "1 outcome · 1 promise overdue, by up to 4 days · 1 question unanswered" in headline
    assert "The announced rule changed from 1xCORR to 2xCORR." in headline
    [thread] = [each for each in server.channel.threads if each.name == "Week 2031-W19"]
    pages = "\n".join(card.description or "" for each in thread.history() for card in each.embeds)
    reply = said(await server.ben.slash(server.channel, "digest last", markdown=True))
    [attached] = reply.attachments
    assert attached.filename == "summary.md"
    markdown = (await attached.read()).decode()
    assert "The announced rule changed from 1xCORR to 2xCORR." in markdown
    for told in (
        "10 voters, 10 short of the quorum of 20",
        "New: [Proposal 2: Second",
        "Revised: [Proposal 1: Say it eight weeks ahead",
        "70 voters. **The strategy decides: they do not agree.**",
        "one member, one vote: two",
        "stake: five",
        "accepted\\: We do it",
        "4 days overdue: [A FAQ](https://forum.example/t/1)",
        "34 days without an answer: [Why overnight?]",
        "6 votes changed",
        "accounts hold half of the stake: 1 (n = 3); 3 the week before (n = 4)",
    ):
        assert told in pages, told
        assert told in markdown, told
    for text in (pages, markdown):
        assert "\n- New: [Proposal 2: Second \\*\\*bold\\*\\* @\u200beveryone \\<@\u200b1\\>]" in text
        assert "@everyone" not in text
        assert "<@1>" not in text
        assert "After “\\#\u200b Caps \\[can\\](x) be split” 6 votes changed" in text
    assert "<t:" in pages
    assert "<t:" not in markdown


async def a_busy_week(server: Server, now: Clock, settings: Any) -> None:
    """Everything that a summary tells, in the week before DUE."""
    here = server.guild.id
    await without_limits(server)
    await schedule(server)
    now.moment = DUE - timedelta(days=8)
    await file(server, server.ben)
    old = Announced(
        stakes_of([10, 10, 10, 10], day=DAY - timedelta(days=7)), known_rounds=calendar(3), announced="1xCORR"
    )
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=old, now=now))
    await server.moderator.slash(server.channel, "digest snapshot")
    proposal = await proposal_in(server.database, here, 1)
    await voted_upon(server, now, proposal.proposal_id)
    await server.bot.close()
    new = replace(old, held=held(DAY, 30, 10, 10).held, announced="2xCORR")
    await server.env.restart_bot(create_bot(settings, source=new, now=now))


async def voted_upon(server: Server, now: Clock, proposal_id: int) -> None:
    db, here, start = server.database, server.guild.id, now()
    electors = [Elector(n, 1.0 if n <= 40 else 9.0, f"account_{n}") for n in range(1, 71)]
    poll = await opened(
        db, guild_id=here, now=start, opens_at=start, closes_at=start + timedelta(days=3), electors=electors
    )
    for member in range(1, 71):
        choice = json.dumps("two" if member <= 40 else "five")
        await cast(db, here, poll.poll_id, member, choice, start)
    about = await opened(
        db, guild_id=here, now=start, opens_at=start, quorum=20, closes_at=DUE + timedelta(days=2),
        proposal_id=proposal_id, title="On #1",
    )  # fmt: skip
    await set_poll_place(db, here, about.poll_id, channel=server.channel.id, thread=None, message=1)
    now.move(days=2)
    await argue(db, here, 1, ADA, "against", "# Caps [can](x) be split", now(), stages=EARLY)
    for choice, voters in (("two", range(1, 11)), ("five", range(1, 7))):
        now.move(hours=1)
        for member in voters:
            await cast(db, here, about.poll_id, member, json.dumps(choice), now())
    form = await server.ben.slash(server.channel, "proposal revise", number=1)
    typed = FORM | {"change": "A change takes effect nine weeks after its text."}
    shown = said(await server.ben.submit_modal(form, typed))
    await server.ben.click(shown.message, label="Save the revision")
    await file(server, server.ben, title="Second **bold** @everyone <@1>")
    await ask_moderator(server, "proposal respond", number=1, outcome="accepted", statement="We do it")
    more = {"who": "the team", "link": "https://forum.example/t/1", "said_on": "2031-04-01"}
    await ask_moderator(server, "promise add", kind="promise", what="A FAQ", due_on="2031-05-01", **more)
    await ask_moderator(server, "promise add", kind="question", what="Why overnight?", **more)
    now.moment = start + timedelta(days=3)
    await close_due(db, now())


async def ask_moderator(server: Server, command: str, **options: Any) -> None:
    said(await server.moderator.slash(server.channel, command, **options))
