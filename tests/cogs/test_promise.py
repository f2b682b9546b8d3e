"""`/promise`: moderators put on record and settle, everybody reads, and what is overdue comes first."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storage.promises import promises_of
from tests.features.proposals.proposing import Clock
from tests.offline import Server, check_limits, said, text_of
from tests.storage.logs import promise_steps

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
TODAY = NOW.date()
TYPED: dict[str, Any] = {
    "what": "The new payout is *temporary*",
    "who": "the team",
    "link": "https://forum.example/t/6708",
    "said_on": str(TODAY - timedelta(days=40)),
}


@pytest.fixture
def now() -> Clock:
    return Clock(NOW)


async def add(server: Server, **options: Any) -> Any:
    return said(await server.moderator.slash(server.channel, "promise add", **(TYPED | options)))


async def listed(server: Server, **options: Any) -> str:
    reply = said(await server.ben.slash(server.channel, "promise list", **options))
    check_limits(reply)
    return text_of(reply).replace("\\", "")


async def test_a_promise_is_put_on_record_overdue_and_settled(server: Server) -> None:
    added = await add(server, due_on=str(TODAY - timedelta(days=12)))
    assert added.embeds[0].title == "#1 · promise · overdue by 12 days"
    text = await listed(server)
    assert text.strip().startswith("1 overdue")
    assert "The new payout is *temporary*" in text
    assert f"By the team · said on {TODAY - timedelta(days=40)}" in text
    assert "<https://forum.example/t/6708>" in text
    settled = said(
        await server.moderator.slash(
            server.channel,
            "promise resolve",
            number=1,
            outcome="broken",
            note="It was never lifted.",
            link="https://forum.example/t/7000",
        )
    )
    assert settled.embeds[0].title == f"#1 · promise · broken on {TODAY}"
    assert "No promise is open" in await listed(server)
    text = await listed(server, show="resolved")
    assert "It was never lifted." in text
    assert "<https://forum.example/t/7000>" in text
    [row] = await promises_of(server.database, server.guild.id)
    assert (row.resolution, row.resolved_on) == ("broken", TODAY)
    steps = await promise_steps(server.database, server.guild.id)
    assert [(kind, actor) for kind, _, actor in steps] == [
        ("added", server.moderator.id),
        ("broken", server.moderator.id),
    ]


async def test_a_question_counts_days_without_an_answer(server: Server) -> None:
    added = await add(server, kind="question", what="Why was nobody asked?")
    assert added.embeds[0].title == "#1 · question · unanswered for 40 days"
    assert "To the team · asked on" in text_of(added)
    text = await listed(server, show="overdue")
    assert "1 question unanswered" in text
    refused = said(
        await server.moderator.slash(server.channel, "promise resolve", number=1, outcome="kept", note="x")
    )
    assert refused.content == "A question is answered or withdrawn, not kept."
    await server.moderator.slash(
        server.channel, "promise resolve", number=1, outcome="answered", note="In the next call."
    )
    assert "no question waits" in await listed(server, show="overdue")


BAD: list[tuple[dict[str, Any], str]] = [
    ({"link": "the forum"}, "A link is written like https://"),
    ({"due_on": "2020-01-01"}, "can't be due before"),
    ({"said_on": "1 March"}, "A date is written like"),
    ({"who": "@somebody"}, "no members"),
    ({"what": "x" * 301}, "there are 300 characters"),
]


async def test_bad_input_gets_a_sentence_and_no_row(server: Server, subtests: pytest.Subtests) -> None:
    for options, sentence in BAD:
        with subtests.test(sentence):
            assert sentence in (await add(server, **options)).content
    assert await promises_of(server.database, server.guild.id) == []


async def test_members_read_and_do_not_write(server: Server) -> None:
    await add(server)
    for command, options in (
        ("promise add", TYPED | {"what": "Another"}),
        ("promise resolve", {"number": 1, "outcome": "kept", "note": "x"}),
    ):
        refused = said(await server.ben.slash(server.channel, command, **options))
        assert refused.content == "Only moderators of this server can do that."
    [row] = await promises_of(server.database, server.guild.id)
    assert row.resolution is None


async def test_promises_are_offered_and_listed_in_their_own_server_alone(server: Server) -> None:
    await add(server)
    choices = await server.moderator.autocomplete(server.channel, "promise resolve", "number", "tempo")
    assert [choice["value"] for choice in choices] == [1]
    other = server.env.create_guild("Elsewhere")
    channel = other.create_text_channel("talk")
    guest = other.add_member(server.env.create_user("gus"))
    assert "No promise is open" in text_of(said(await guest.slash(channel, "promise list")))
    assert await guest.autocomplete(channel, "promise resolve", "number", "") == []


async def test_pages_turn_end_and_are_shared_as_they_are_then(server: Server) -> None:
    for number in range(7):
        await add(server, what=f"Promise {number}")
    reply = said(await server.ben.slash(server.channel, "promise list"))
    assert "page 1 of 2" in text_of(reply)
    for label, page, holds in (("Next", 2, "Promise 6"), ("Next", 2, "Promise 6"), ("Back", 1, "Promise 0")):
        turned = said(await server.ben.click(reply.message, label=label))
        assert turned.id == reply.id, "the same message"
        assert f"page {page} of 2" in text_of(turned)
        assert holds in text_of(turned)

    await shared_as_it_is_then(server)


async def shared_as_it_is_then(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "promise list", page=2))
    await server.moderator.slash(server.channel, "promise resolve", number=1, outcome="kept", note="x")
    await server.ben.click(reply.message, label="Share page 2")
    [shared] = [message for message in server.channel.history() if message.embeds]
    assert shared.embeds[0].author.name == "Shared by Ben"
    assert "6 open · page 2 of 2" in text_of(shared)
    assert "Promise 6" in text_of(shared)
    check_limits(shared)
    alone = said(await server.ben.slash(server.channel, "promise list", show="resolved"))
    await server.ben.click(alone.message, label="Share")
    assert len([message for message in server.channel.history() if message.embeds]) == 2


async def test_a_proposal_s_review_date_and_questions_are_listed(server: Server) -> None:
    await file_proposal(server)
    await server.moderator.slash(
        server.channel, "proposal argue", number=1, side="question", claim="Who decides that?"
    )
    text = await listed(server)
    assert "Proposal #1 · review · due on 2099-01-01" in text
    assert "Proposal #1 · question · unanswered for 0 days" in text
    assert "Who decides that?" in text
    await server.moderator.slash(
        server.channel, "proposal respond", number=1, outcome="noted", statement="Members do."
    )
    assert "Who decides that?" not in await listed(server)


async def file_proposal(server: Server) -> None:
    shown = await server.ben.slash(server.channel, "proposal new", kind="communication")
    drafted = await server.ben.submit_modal(
        shown,
        {
            "title": "Say it first here",
            "problem": "A rule changed overnight and nobody had been asked.",
            "change": "Every change is announced here eight weeks before it begins.",
            "parameters": "notice: 8 weeks\nreview: 2099-01-01",
        },
    )
    await server.ben.click(said(drafted).message, label="File it")
