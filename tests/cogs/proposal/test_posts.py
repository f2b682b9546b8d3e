"""The post of a proposal in a forum: its tags, its picture, its sleep, and the longest text that it holds."""

from typing import Any

import discord

from tests.features.proposals.proposing import PAYOUT, ask, card_in, deny, file, forum_of, place, tags_of
from tests.offline import Server, said, text_of


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
