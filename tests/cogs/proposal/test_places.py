"""Where proposals are shown: forums, channels and threads that change, vanish, or refuse the bot."""

from typing import Any

import discord
import pytest

from storage.server.settings import change_settings
from tests.features.proposals.proposing import (
    PAYOUT,
    READY,
    ask,
    card_in,
    deny,
    file,
    rows,
    tags_of,
    view_of,
    without_limits,
)
from tests.offline import Server, said, text_of


@pytest.fixture
def ada(server: Server) -> Any:
    return server.guild.add_member(server.env.create_user("ada", global_name="Ada"))


async def use(server: Server, room: Any) -> Any:
    await change_settings(
        server.database, server.guild.id, server.bot.now(), proposal_channel=room and room.id
    )
    return room


async def forum_of(server: Server, *tags: str) -> Any:
    forum = server.guild.create_forum_channel("proposals")
    made = [{"id": str(700 + number), "name": name, "emoji_name": None} for number, name in enumerate(tags)]
    server.env.backend.edit_channel(forum.id, {"available_tags": made})
    await server.env.settle()
    return await use(server, forum)


async def place(server: Server, number: int = 1) -> tuple[int | None, int | None, int | None]:
    stored = (await view_of(server, number)).stored
    return stored.channel, stored.thread, stored.message


# ---------------------------------------------------------------- kinds of places


async def test_a_text_channel_gets_a_card_and_a_thread(server: Server, ada: Any) -> None:
    room = await use(server, server.guild.create_text_channel("proposals"))
    told = await file(server, ada)
    [thread], card = room.threads, card_in(room)
    assert f"/{server.guild.id}/{thread.id}/{card.id}>" in told.content
    assert await place(server) == (room.id, thread.id, card.id)
    assert thread.name == "#1 Say it eight weeks ahead"
    assert not [message for message in server.channel.history() if message.embeds]
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
    assert len([message for message in thread.history() if message.embeds]) == 1
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


# ---------------------------------------------------------------- what vanishes


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


# ---------------------------------------------------------------- what is not permitted


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
    told = await file(server, ada, **READY)
    assert told.content.startswith("Filed as #1. I ")
    assert "post" in told.content
    assert told.content.endswith("in #proposals. Ask a moderator to type /setup check.")
    assert await place(server) == (None, None, None)
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
    assert told.content.endswith(
        "I can't edit the card where it was posted; ask a moderator to type /setup check."
    )
    assert (await view_of(server)).seconds == 1
    assert await place(server) == before


async def test_discord_s_own_trouble_costs_no_proposal(server: Server, ada: Any) -> None:
    await forum_of(server)
    server.env.inject_error(
        "POST", "/channels/*/threads", status=400, code=40067, message="A tag is required"
    )
    told = await file(server, ada)
    assert told.content.startswith("Filed as #1. I can't post in #proposals.")
    assert await rows(server, "number", "proposals") == [(1,)]
    assert (await ask(server, server.ben, "second", number=1)).content.startswith("You second #1: 1 of 2. <")


async def test_no_thread_where_none_may_be_opened(server: Server, ada: Any) -> None:
    room = await use(server, server.guild.create_text_channel("proposals"))
    await deny(server, room, create_public_threads=False)
    told = await file(server, ada)
    assert told.content.endswith("I may not open threads there, so it has none.")
    assert await place(server) == (room.id, None, card_in(room).id)
    told = await ask(server, server.ben, "second", number=1)
    assert f"/{room.id}/{card_in(room).id}>" in told.content
    assert "1 of 2 secondings" in text_of(card_in(room))


# ---------------------------------------------------------------- tags


async def test_without_the_permission_posts_go_untagged(server: Server, ada: Any) -> None:
    forum = await forum_of(server)
    await deny(server, forum, manage_channels=False)
    told = await file(server, ada)
    assert told.content.endswith("I may not make tags in that forum, so the post has none of mine.")
    [post] = forum.threads
    assert tags_of(server, post) == set()
    assert "channels/" in told.content


async def test_a_forum_full_of_tags_keeps_them(server: Server, ada: Any) -> None:
    own = [f"own {number}" for number in range(18)]
    forum = await forum_of(server, *own, "idea", "Classic")
    told = await file(server, ada)
    assert told.content.endswith("The forum has no room for the tags communication.")
    [post] = forum.threads
    assert tags_of(server, post) == {"idea", "Classic"}
    assert [tag["name"] for tag in server.env.backend.get_channel(forum.id).available_tags] == [
        *own, "idea", "Classic",
    ]  # fmt: skip


async def test_the_server_s_own_tags_stay_when_the_stage_changes(server: Server, ada: Any) -> None:
    forum = await forum_of(server, "urgent", "legal")
    await file(server, ada)
    [post] = forum.threads
    stored = server.env.backend.get_channel(post.id)
    server.env.backend.edit_channel(post.id, {"applied_tags": [*stored.applied_tags, 700]})
    await server.env.settle()
    assert tags_of(server, post) == {"urgent", "idea", "Classic", "communication"}
    for member in (server.ben, server.moderator):
        await ask(server, member, "second", number=1)
    assert tags_of(server, post) == {"urgent", "discussion", "Classic", "communication"}
    await ask(server, server.moderator, "hide", number=1, reason="r")
    assert tags_of(server, post) == {"urgent", "hidden"}


# ---------------------------------------------------------------- threads that sleep, cards that are long


async def test_an_archived_post_is_opened_before_it_is_edited(server: Server, ada: Any) -> None:
    forum = await forum_of(server)
    await file(server, ada)
    [post] = forum.threads
    server.env.backend.edit_channel(post.id, {}, thread_metadata={"archived": True})
    await server.env.settle()
    before = len(server.env.http_requests)
    await ask(server, server.ben, "second", number=1)
    changed = [entry for entry in server.env.http_requests[before:] if entry.method == "PATCH"]
    assert changed[0].path == f"/channels/{post.id}"
    assert changed[0].json["archived"] is False
    assert changed[1].path.startswith(f"/channels/{post.id}/messages/")
    assert "1 of 2 secondings" in text_of(card_in(post))


async def test_seconding_leaves_the_simulation_and_its_picture(server: Server, ada: Any) -> None:
    forum = await forum_of(server)
    await file(server, ada, kind="payout", **PAYOUT)
    [post] = forum.threads
    first = card_in(post)
    # as Discord tells it back
    stored = server.env.backend.get_message(post.id, first.id)
    stored.embeds[1]["image"]["url"] = "https://cdn.example/attachments/1/2/chart.png?ex=1&is=2"
    await server.ben.click(first, label="Second")
    second = card_in(post)
    assert [card.title for card in second.embeds] == [card.title for card in first.embeds]
    assert second.embeds[1].to_dict()["fields"] == first.embeds[1].to_dict()["fields"]
    assert [file.id for file in second.attachments] == [file.id for file in first.attachments]
    edited = [
        entry for entry in server.env.http_requests
        if entry.method == "PATCH" and entry.path.endswith(f"/messages/{first.id}")
    ]  # fmt: skip
    assert edited[-1].json["embeds"][1]["image"]["url"] == "attachment://chart.png"


async def test_the_longest_proposal_fits_into_its_message(server: Server, ada: Any) -> None:
    forum = await forum_of(server)
    marked = ("*_~`|" * 200)[:1000]
    phrase = marked[:280]
    parameters = "\n".join(
        [
            "rule: 1.5xCORR + 2xTC",
            *(
                f"{name}: none, because {phrase}"
                for name in ("notice", "phase-in", "fallback", "review", "compensation")
            ),
            f"eligibility: {phrase}",
            f"roll-back: {phrase}",
            *["example: stake 100, corr 0.01, tc 0.02, rule 1C3T clip 0.05, factor 0.5 -> 3.5"] * 5,
        ]
    )
    told = await file(
        server, ada, kind="payout", title=marked[:100], problem=marked, change=marked, parameters=parameters
    )
    assert told.content.startswith("Filed as #1. <")
    statement = {"outcome": "accepted", "statement": marked, "link": "https://forum.example/" + "x" * 270}
    await ask(server, server.moderator, "respond", number=1, **statement)
    for member in (server.ben, server.moderator):
        await ask(server, member, "second", number=1)
    *_, message = await place(server)
    sent = [
        entry.json for entry in server.env.http_requests
        if entry.method in ("POST", "PATCH") and isinstance(entry.json, dict)
    ]  # fmt: skip
    sizes = []
    for body in sent:
        inner = body.get("message") or body.get("data") or body
        cards = [discord.Embed.from_dict(card) for card in inner.get("embeds") or []]
        assert len(inner.get("content") or "") <= 2000
        for card in cards:
            assert len(card.title or "") <= 256
            assert len(card.description or "") <= 4096
            for field in card.fields:
                assert 0 < len(field.name) <= 256
                assert 0 < len(field.value) <= 1024, field.name
        sizes.append(sum(map(len, cards)))
    assert 5500 < max(sizes) <= 6000, "this proposal is meant to need all the room"
    [post] = forum.threads
    card = card_in(post)
    assert len(card.embeds) == 2
    assert card.id == message
    assert "2 of 2 secondings" in text_of(card)
    assert "Answer of the team: accepted" in text_of(card)
    assert "rule" in text_of(card)
    for what in ("card", "whole text"):
        reply = await server.ben.slash(server.channel, "proposal show", number=1, what=what)
        for each in (reply.response, *reply.followups):
            assert 0 < sum(map(len, each.embeds)) <= 6000
            assert all(len(card.description or "") <= 4096 for card in each.embeds)
    whole = text_of(said(reply)) + text_of(reply.response)
    assert "\\*\\_\\~\\`\\|" in whole
