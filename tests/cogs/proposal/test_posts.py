"""The post of a proposal in a forum: its tags, its picture, its sleep, and the longest text that it holds."""

from typing import Any

from tests.features.proposals.proposing import (
    PAYOUT,
    ask,
    card_in,
    deny,
    file,
    forum_of,
    place,
    rows,
    tags_of,
    whole_text,
)
from tests.offline import Server, posted, text_of


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


async def test_the_card_is_one_card_and_stays_it(server: Server, ada: Any) -> None:
    forum = await forum_of(server)
    await file(server, ada, kind="payout", **PAYOUT)
    [post] = forum.threads
    first = card_in(post)
    computed = await rows(server, "computed_at", "proposal_effects")
    server.bot.now.move(days=1)  # type: ignore[attr-defined]
    await server.ben.click(first, label="Second")
    [card] = posted(post)
    assert card.id == first.id
    assert "1 of 2 secondings" in text_of(card)
    [effect] = [line for line in text_of(first).split("\n") if line.startswith("Everyone ")]
    assert effect in text_of(card)
    assert await rows(server, "computed_at", "proposal_effects") == computed, "nothing is computed again"


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
    sent = [
        entry.json for entry in server.env.http_requests
        if entry.method in ("POST", "PATCH") and isinstance(entry.json, dict)
    ]  # fmt: skip
    for body in sent:
        inner = body.get("message") or body.get("data") or body
        assert not inner.get("embeds")
        assert len(inner.get("content") or "") <= 2000
        texts = [part["content"] for part in nested(inner.get("components") or []) if "content" in part]
        assert sum(map(len, texts)) <= 4000
        assert all(text.strip() for text in texts)
    [post] = forum.threads
    card = card_in(post)
    *_, message = await place(server)
    assert card.id == message
    assert "2 of 2 secondings" in text_of(card)
    assert "**The team: accepted.**" in text_of(card)
    assert len(text_of(card)) < 1500, "still read at a glance"
    whole = (await whole_text(server.ben, server.channel)).replace("\n", "")
    escaped = "\\*\\_\\~\\`\\|"
    assert whole.count(escaped * 200) == 3, "problem, change and the team's statement, uncut"
    assert whole.count("example") >= 1


def nested(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Components with those inside them."""
    return [each for part in parts for each in (part, *nested(part.get("components") or []))]
