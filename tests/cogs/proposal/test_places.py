"""Where proposals are shown: channels, threads and forums that change, vanish, or refuse the bot."""

from typing import Any

import pytest

from tests.features.proposals.proposing import (
    READY,
    ask,
    card_in,
    deny,
    file,
    forum_of,
    place,
    rows,
    use,
    view_of,
    without_limits,
)
from tests.offline import Server, posted, text_of


async def test_a_text_channel_gets_a_card_and_a_thread(server: Server, ada: Any) -> None:
    room = await use(server, server.guild.create_text_channel("proposals"))
    told = await file(server, ada)
    [thread], card = room.threads, card_in(room)
    assert f"/{server.guild.id}/{thread.id}/{card.id}>" in told.content
    assert await place(server) == (room.id, thread.id, card.id)
    assert thread.name == "#1 Say it eight weeks ahead"
    assert posted(server.channel) == []
    await ask(server, server.ben, "second", number=1)
    assert "1 of 2 secondings" in text_of(card_in(room))


async def test_without_a_channel_it_stays_where_it_was_typed(server: Server, ada: Any) -> None:
    await without_limits(server)
    await file(server, ada)
    [thread] = server.channel.threads
    assert await place(server) == (server.channel.id, thread.id, card_in(server.channel).id)
    await file(server, ada, channel=thread, title="In a thread")
    assert await place(server, 2) == (server.channel.id, thread.id, card_in(thread).id)
    await ask(server, server.ben, "second", number=2)
    assert "1 of 2 secondings" in text_of(card_in(thread))
    assert len(posted(thread)) == 1
    assert thread.threads == []

    voice = server.guild.create_voice_channel("voice")
    told = await file(server, ada, channel=voice, title="In a voice channel")
    assert "It is not shown anywhere yet: a moderator can set a channel" in told.content
    assert await place(server, 3) == (None, None, None)
    told = await ask(server, server.ben, "second", number=3)
    assert "channels/" in told.content
    assert await place(server, 3) != (None, None, None), "the next change shows it"


async def test_what_stands_somewhere_stays_there(server: Server, ada: Any) -> None:
    await file(server, ada)
    before = await place(server)
    forum = await forum_of(server)
    await ask(server, server.ben, "second", number=1)
    assert await place(server) == before
    assert forum.threads == []


@pytest.mark.parametrize("gone", ["message", "thread", "channel", "post", "forum"])
async def test_what_is_gone_is_posted_again(server: Server, ada: Any, gone: str) -> None:
    backend = server.env.backend
    in_forum = gone in ("post", "forum")
    room = await (
        forum_of(server) if in_forum else use(server, server.guild.create_text_channel("proposals"))
    )
    await file(server, ada)
    channel, thread, message = await place(server)
    assert channel is not None
    assert thread is not None
    assert message is not None
    if gone == "message":
        backend.delete_message(channel, message)
    else:
        backend.delete_channel(thread if gone in ("thread", "post") else channel)
    await server.env.settle()
    if gone in ("channel", "forum"):  # the one that was set is gone, too
        room = server.channel
    told = await ask(server, server.ben, "second", number=1)
    assert told.content.startswith("You second #1: 1 of 2. <")
    after = await place(server)
    assert after[2] != message
    assert f"/{after[2]}>" in told.content
    shown = card_in(room.threads[-1] if gone == "post" else room)
    assert (shown.id, "1 of 2 secondings" in text_of(shown)) == (after[2], True)
    await ask(server, server.moderator, "second", number=1)
    assert await place(server) == after, "it is found where it is now"


@pytest.mark.parametrize(
    ("in_forum", "denied"),
    [
        (True, {"send_messages": False}),
        (True, {"attach_files": False}),
        (False, {"send_messages": False}),
        (False, {"view_channel": False}),
        (False, {"embed_links": False}),
    ],
)
async def test_where_it_may_not_post_it_is_filed_all_the_same(
    server: Server, ada: Any, in_forum: bool, denied: dict[str, bool]
) -> None:
    room = await (
        forum_of(server) if in_forum else use(server, server.guild.create_text_channel("proposals"))
    )
    await deny(server, room, **denied)
    await deny(server, server.channel, send_messages=False)
    told = await file(server, ada, **READY)
    assert told.content.startswith("Filed as #1. I may not post cards in #proposals: I lack ")
    assert "I may not post cards in #payout-talk: I lack Send Messages" in told.content
    assert told.content.endswith("its card follows by itself then.")
    assert (await place(server))[1:] == (None, None)
    assert await rows(server, "number, stage", "proposals") == [(1, "idea")]
    assert await rows(server, "1", "proposal_drafts") == []
    server.env.backend.edit_channel(room.id, {}, overwrites=[])
    await server.env.settle()
    await ask(server, server.ben, "second", number=1)
    assert await place(server) != (None, None, None)


async def test_a_card_that_can_t_be_edited_is_said(server: Server, ada: Any) -> None:
    room = await use(server, server.guild.create_text_channel("proposals"))
    await file(server, ada)
    before = await place(server)
    await deny(server, room, read_message_history=False)
    told = await ask(server, server.ben, "second", number=1)
    assert told.content.startswith("You second #1: 1 of 2.")
    assert "I can't edit the card where it was posted: I may not do that there." in told.content
    assert (await view_of(server)).seconds == 1
    assert await place(server) == before


async def test_discord_s_own_trouble_costs_no_proposal(server: Server, ada: Any) -> None:
    await forum_of(server)
    server.env.inject_error(
        "POST", "/channels/*/threads", status=400, code=40067, message="A tag is required"
    )
    told = await file(server, ada)
    assert f"It is shown in <#{server.channel.id}>. I can't post in #proposals: a post there needs a tag" in (
        told.content
    )
    assert await rows(server, "number", "proposals") == [(1,)]
    assert (await ask(server, server.ben, "second", number=1)).content.startswith("You second #1: 1 of 2. <")


async def test_no_thread_where_none_may_be_opened(server: Server, ada: Any) -> None:
    room = await use(server, server.guild.create_text_channel("proposals"))
    await deny(server, room, create_public_threads=False)
    told = await file(server, ada)
    assert told.content.endswith("It has no thread: I may not do that there.")
    assert await place(server) == (room.id, None, card_in(room).id)
    told = await ask(server, server.ben, "second", number=1)
    assert f"/{room.id}/{card_in(room).id}>" in told.content
    assert "1 of 2 secondings" in text_of(card_in(room))
