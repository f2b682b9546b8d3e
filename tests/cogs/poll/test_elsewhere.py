"""Polls whose card or channel is gone, those held in a discussion, and those of another server."""

import pytest

from storage.server.settings import forget_guild
from tests.features.polls.polling import ask, close, poll_of, start, vote
from tests.features.proposals.proposing import Clock, card_in
from tests.offline import Server, said, text_of

pytestmark = pytest.mark.slow  # a bot for each test


async def test_a_card_that_is_gone_is_posted_again(server: Server, now: Clock) -> None:
    card = await start(server, server.ben, hours=96.0)
    server.env.backend.delete_message(card.channel.id, card.id)
    await server.env.settle()
    await close(server, now)
    again = card_in(server.channel)
    assert again.id != card.id
    assert "Nobody cast a ballot." in text_of(again)
    assert (await poll_of(server)).poll.message == again.id


async def test_without_its_channel_it_is_counted_all_the_same(server: Server, now: Clock) -> None:
    room = server.guild.create_text_channel("soon-gone")
    card = await start(server, server.ben, channel=room, hours=96.0)
    for member in (server.ben, server.moderator):
        await vote(server, member, card, "single", [1])
    server.env.backend.delete_channel(room.id)
    await server.env.settle()
    await close(server, now)
    assert "Cut TC wins." in text_of(await ask(server, server.ben, "results", number=1))


async def test_another_server_s_poll_is_not_there(server: Server) -> None:
    card = await start(server, server.ben)
    other = server.env.create_guild("Elsewhere")
    there = other.create_text_channel("talk")
    dora = other.add_member(server.env.create_user("dora"))
    for command in ("show", "my", "close", "results", "export"):
        told = said(await dora.slash(there, f"poll {command}", number=1))
        assert "no poll #1" in told.content.lower(), told.content
    assert "No polls yet" in text_of(said(await dora.slash(there, "poll list")))
    assert await dora.autocomplete(there, "poll show", "number", "") == []
    await forget_guild(server.database, server.guild.id)
    for label in ("Vote", "My ballot", "Details"):
        told = said(await server.ben.click(card, label=label))
        assert told.content == "That poll is not on this server any more.", label


async def test_a_discussion_keeps_its_name_when_a_poll_is_held_in_it(server: Server, now: Clock) -> None:
    first = await start(server, server.ben, hours=96.0)
    [thread] = server.channel.threads
    name = thread.name
    card = await start(server, server.ben, channel=thread, hours=96.0)
    for member in (server.ben, server.moderator):
        await vote(server, member, card, "single", [0])
    await close(server, now, 2)
    assert thread.name == name
    assert "Keep it wins." in text_of(card_in(thread))
    assert first.id != card_in(thread).id
