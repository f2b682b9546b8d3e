"""A poll while it is open: reasons are kept, counts are not told, reminders come, a restart loses nothing."""

from typing import Any

import pytest

from bot import create_bot
from storage.polls.ballots import ballot_of
from tests.features.polls.polling import (
    ask,
    close,
    exported,
    look,
    next_mark,
    people,
    poll_of,
    receipt_in,
    start,
    told_behind,
    vote,
)
from tests.features.proposals.proposing import Clock, card_in, rows
from tests.offline import Server, said, text_of

pytestmark = pytest.mark.slow  # a bot for each test


async def test_reasons_are_shown_after_the_close_and_named_only_on_request(
    server: Server, now: Clock
) -> None:
    one, two, three = people(server, 3)
    card = await start(server, server.ben, hours=96.0)
    for member, reason, named in ((one, "It is *fair*.", "yes"), (two, "It is simple.", "no")):
        told = await vote(server, member, card, "single", [0])
        asked = await member.click(told.message, label="Say why")
        answer = said(await member.submit_modal(asked, {"reason": reason, "named": named}))
        assert answer.content == "Your reason is kept; it is shown after the close."
    kept = await rows(server, "member_id, reason, reason_named", "ballots ORDER BY member_id")
    assert kept == [(one.id, "It is *fair*.", 1), (two.id, "It is simple.", 0)]
    assert await rows(server, "writes", "polls") == [(2,)], "a reason is no other ballot"
    assert "fair" not in text_of(card_in(server.channel)) + text_of(
        await ask(server, three, "show", number=1)
    )
    # who changes a ballot keeps the reason
    await vote(server, one, card, "single", [1])
    changed = await ballot_of(server.database, server.guild.id, 1, one.id)
    assert changed is not None
    assert (changed.reason, changed.reason_named) == ("It is *fair*.", True)
    await close(server, now)
    text = await told_behind(three, card_in(server.channel))
    assert f"“It is \\*fair\\*.” <@{one.id}>" in text
    assert "“It is simple.”" in text
    assert f"<@{two.id}>" not in text
    assert str(one.id) not in str(await exported(server, three))


async def test_nothing_is_told_before_the_close(server: Server, now: Clock) -> None:
    card = await start(server, server.ben, hours=96.0)
    for member in people(server, 6):
        await vote(server, member, card, "single", [1])
    await next_mark(server, now)
    shown = await ask(server, server.ben, "show", number=1)
    listed = await ask(server, server.ben, "list")
    public = card_in(server.channel)
    for each in (shown, public):
        assert "at least 5" in text_of(each)
        assert " 6" not in text_of(each)
        assert "▰" not in text_of(each)
        assert each.attachments == []
    assert "#1" in text_of(listed)
    assert "nothing is shown before" in (await ask(server, server.ben, "results", number=1)).content
    assert (
        "nothing is shown before"
        in (await ask(server, server.moderator, "results", number=1, exact=True)).content
    )
    for form in ("JSON", "CSV"):
        refused = await ask(server, server.moderator, "export", number=1, form=form)
        assert "until then nothing of it is shown" in refused.content
        assert refused.attachments == []
    seed = (await poll_of(server)).poll.tie_seed
    sent = "".join(str(entry.json) for entry in server.env.http_requests)
    assert seed not in sent
    await close(server, now)
    assert (await exported(server, server.ben))[0]["tie_seed"] == seed


async def test_a_reminder_comes_once_and_not_to_who_voted(server: Server, now: Clock) -> None:
    idle, voted, late = people(server, 3)
    card = await start(server, server.ben, hours=96.0)
    for member in (idle, voted, idle):
        asked = said(await member.click(card, label="My ballot"))
        told = said(await member.click(asked.message, label="Remind me"))
        assert told.content.startswith("I'll write to you <t:")
    await vote(server, voted, card, "single", [0])
    now.move(hours=89, minutes=59)
    await look(server)
    assert await rows(server, "1", "reminders") == [(1,), (1,)]
    now.move(minutes=1)
    for _ in range(2):
        await look(server)
    assert await rows(server, "1", "reminders") == []
    sent = [
        entry
        for entry in server.env.http_requests
        if entry.method == "POST"
        and isinstance(entry.json, dict)
        and "closes <t:" in str(entry.json.get("content"))
    ]
    assert len(sent) == 1
    assert f"https://discord.com/channels/{server.guild.id}/" in sent[0].json["content"]
    opened = [
        entry.json["recipient_id"]
        for entry in server.env.http_requests
        if entry.path.endswith("/@me/channels")
    ]
    assert list(map(int, opened)) == [idle.id]
    await close(server, now)
    assert await rows(server, "state", "polls") == [("closed",)]
    assert late


async def test_a_restart_between_vote_and_close_loses_nothing(
    server: Server, now: Clock, settings: Any, source: Any
) -> None:
    one, two = people(server, 2)
    card = await start(server, server.ben, hours=96.0)
    first = await vote(server, one, card, "single", [0])
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=source, now=now))
    assert receipt_in(await ask(server, one, "my", number=1)) == receipt_in(first)
    assert receipt_in(said(await one.click(card, label="My ballot"))) == receipt_in(first)
    await vote(server, two, card, "single", [0])
    now.move(hours=200)
    await look(server)
    assert (await poll_of(server)).poll.state == "closed"
    assert "**Keep it**\n▰▰▰▰▰▰▰ 100 % · 2 votes" in text_of(card_in(server.channel))
    assert "• Keep it: 2" in await told_behind(two, card_in(server.channel))
