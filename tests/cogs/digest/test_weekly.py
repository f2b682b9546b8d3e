"""The summary of a week is posted once: through crashes, outages and looks at the same moment."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import discord

from bot import create_bot
from storage.database import execute, transaction
from storage.server import digests
from tests.cogs.digest.weekly import DUE, do_due, posts, schedule, something_happens, summaries
from tests.features.polls.polling import clock_of, labels
from tests.features.proposals.proposing import Clock
from tests.offline import Server, text_of


async def unnoted(server: Server) -> None:
    """What is on disk when the process dies after Discord took the message."""
    async with transaction(server.database):
        await execute(
            server.database, "UPDATE digest_posts SET posted_at = NULL, channel = NULL, message = NULL", ()
        )


async def test_a_week_is_posted_once_with_its_pages_and_its_chart(server: Server, now: Clock) -> None:
    await schedule(server)
    await something_happens(server, now)
    now.moment = DUE - timedelta(microseconds=1)
    await do_due(server)
    assert summaries(server.channel) == []
    now.moment = DUE
    for _ in range(3):
        await do_due(server)
        now.move(hours=10)
    [message] = summaries(server.channel)
    assert "### The week of 5 May: 1 vote closing soon\n" in text_of(message)
    assert "2031-W19" not in text_of(message)
    assert len(message.attachments) == 1
    [thread] = server.channel.threads
    assert thread.name == "The week of 5 May 2031"
    [page] = [each for each in thread.history() if each.components]
    assert "Poll 1: Tea?" in text_of(page)
    assert labels(message) == ["Vote in #1"]
    ballot = await server.ben.click(message, label="Vote in #1")
    assert "poll #1" in str(ballot.modal)
    assert await posts(server) == [
        ("2031-W19", '["2031-W19"]', 1, None, server.channel.id, message.id)
    ]  # fmt: skip


async def test_a_quiet_week_is_one_line_without_a_chart(server: Server, now: Clock) -> None:
    await schedule(server)
    now.moment = DUE
    await do_due(server)
    [message] = summaries(server.channel)
    assert "A quiet week: no vote closes soon" in text_of(message)
    assert message.attachments == []
    assert server.channel.threads == []
    assert len([each for each in server.channel.history() if each.components]) == 1


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


async def test_a_summary_that_was_posted_as_an_embed_is_found_again(server: Server, now: Clock) -> None:
    await schedule(server)
    now.moment = DUE
    card = discord.Embed(title="Summary of 2031-W19", description="A quiet week")
    card.set_footer(text="Week 2031-W19 · advisory, not binding on Numerai")
    channel = server.bot.get_channel(server.channel.id)
    assert isinstance(channel, discord.TextChannel)
    sent = await channel.send(embed=card)
    await do_due(server)
    [message] = summaries(server.channel)
    assert message.id == sent.id
    assert (await posts(server))[0][5] == sent.id


async def test_another_member_s_message_with_the_mark_is_not_taken_for_it(server: Server, now: Clock) -> None:
    """What another bot posts, as the embed that summaries were."""
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
    assert "### The week of 5 May: a quiet one" in text_of(first)
    assert "### The weeks of 12 to 26 May: " in text_of(second)
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
