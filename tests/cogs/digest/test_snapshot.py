"""`/digest snapshot`: the stakes and rules of a day are kept once, and a changed rule is told."""

import json
from typing import Any

from bot import create_bot
from storage.server.settings import change_settings
from tests.cogs.digest.weekly import DUE, do_due, schedule, summaries
from tests.features.digest.weeks import Announced, Broken
from tests.features.proposals.proposing import Clock, rows
from tests.features.stakes.made_up import calendar, stakes_of
from tests.offline import Server, said, text_of


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
