"""Warnings as they reach a member: once, at most one a day, made up for when Discord fails, off at once."""

from datetime import timedelta
from typing import Any

import pytest

from storage.members.links import AccountLink, set_link
from storage.members.warnings import want_warnings, warnings_of
from tests.features.polls.polling import look
from tests.features.proposals.proposing import Clock, rows
from tests.offline import Server, custom_id, parts_of, said, text_of

LOSING = "model_13157"  # of its four open rounds some stand below -2 %


@pytest.fixture
def now() -> Clock:
    return Clock()


def written(server: Server) -> list[Any]:
    """What was posted that warns."""
    return [
        entry.json
        for entry in server.env.http_requests
        if entry.method == "POST" and "that you asked for" in str(entry.json)
    ]


async def wish(server: Server, *kinds: str, bound: float = 2.0) -> None:
    await set_link(server.database, AccountLink(server.ben.id, LOSING, "model", "classic", server.bot.now()))
    await want_warnings(
        server.database, server.guild.id, server.ben.id, kinds or ("round",), bound, server.bot.now()
    )


async def test_a_member_is_written_to_once(server: Server, now: Clock) -> None:
    await wish(server, "round", "rule")
    for _ in range(2):
        await look(server)
    [message] = written(server)
    assert "1 warning that you asked for" in str(message)
    assert "So far round " in str(message)
    wanted = await warnings_of(server.database, server.ben.id)
    assert wanted is not None
    assert wanted.told["round"]
    assert wanted.due_at == now() + timedelta(days=1)
    now.move(days=1)
    await look(server)
    assert len(written(server)) == 1, "nothing new"
    # without news it is looked at again in some hours
    assert (await warnings_of(server.database, server.ben.id)).due_at == now() + timedelta(hours=3)  # type: ignore[union-attr]


async def test_what_discord_could_not_take_comes_later_and_under_the_same_name(
    server: Server, now: Clock
) -> None:
    await wish(server)
    server.env.inject_error("POST", "/channels/*/messages", status=503)
    await look(server)
    assert (await warnings_of(server.database, server.ben.id)).told == {}  # type: ignore[union-attr]
    now.move(minutes=1)
    await look(server)
    names = {
        entry.json["nonce"] for entry in server.env.http_requests if "that you asked for" in str(entry.json)
    }
    assert len(names) == 1
    assert (await warnings_of(server.database, server.ben.id)).told["round"]  # type: ignore[union-attr]


async def test_who_takes_no_messages_is_told_when_they_do(server: Server, now: Clock) -> None:
    await wish(server)
    server.env.inject_error("POST", "/channels/*/messages", status=403)
    await look(server)
    wanted = await warnings_of(server.database, server.ben.id)
    assert wanted is not None
    assert (wanted.told, wanted.due_at) == ({}, now() + timedelta(days=1))
    now.move(days=1)
    await look(server)
    assert (await warnings_of(server.database, server.ben.id)).told["round"]  # type: ignore[union-attr]


async def test_one_members_trouble_keeps_nobody_else_waiting(server: Server, now: Clock) -> None:
    await wish(server)
    await want_warnings(server.database, server.guild.id, server.moderator.id, ("rule",), 5.0, now())
    await set_link(server.database, AccountLink(server.moderator.id, "m", "model", "signals", now()))
    server.env.inject_error("POST", "/channels/*/messages", status=503)
    await look(server)
    assert await rows(server, "member_id", "member_warnings WHERE told != '{}'") == [(server.moderator.id,)]


async def test_what_to_be_warned_of_is_picked_where_it_stands(server: Server, now: Clock) -> None:
    shown = said(await server.ben.slash(server.channel, "ahead warn"))
    assert "You are warned of nothing" in text_of(shown)
    assert "You have linked no account yet" in text_of(shown)
    await set_link(server.database, AccountLink(server.ben.id, LOSING, "model", "classic", now()))
    await server.ben.select(shown.message, ["round", "promise"], custom_id=custom_id(shown, "kinds"))
    assert "You are warned of 2 things" in text_of(shown.message)
    assert "A round of mine does badly (below −5.00 %)" in text_of(shown.message)
    assert "linked no account" not in text_of(shown.message)
    await server.ben.select(shown.message, ["2"], custom_id=custom_id(shown.message, "bound"))
    assert "(below −2.00 %)" in text_of(shown.message)
    assert await rows(server, "kinds, bound", "member_warnings") == [('["round", "promise"]', 2.0)]
    await server.ben.select(shown.message, [], custom_id=custom_id(shown.message, "kinds"))
    assert "You are warned of nothing" in text_of(shown.message)
    assert await rows(server, "1", "member_warnings") == []


async def test_a_button_turns_them_off(server: Server) -> None:
    await wish(server)
    shown = said(await server.ben.slash(server.channel, "ahead warn"))
    off = custom_id(shown, "off")
    told = said(await server.ben.click(shown.message, custom_id=off))
    assert told.content == "You are warned of nothing any more. /ahead warn turns it on again."
    again = said(await server.ben.click(shown.message, custom_id=off))
    assert again.content == "You were warned of nothing. /ahead warn turns it on again."
    await look(server)
    assert written(server) == []


async def test_the_message_can_be_answered_with_off(server: Server) -> None:
    await wish(server)
    await look(server)
    [message] = written(server)
    assert f"'custom_id': 'warnings:off:{server.ben.id}'" in str(message)


async def test_the_card_is_told_whole(server: Server, now: Clock) -> None:
    """Every kind can be picked, and what the menu offers is what the card says."""
    shown = said(await server.ben.slash(server.channel, "ahead warn"))
    [menu] = [part for part in parts_of(shown) if part.get("custom_id", "").startswith("warnings:kinds:")]
    kinds = [option["value"] for option in menu["options"]]
    await server.ben.select(shown.message, kinds, custom_id=menu["custom_id"])
    for option in menu["options"]:
        assert option["label"] in text_of(shown.message)
