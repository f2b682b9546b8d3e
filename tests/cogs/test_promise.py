"""`/promise`: moderators put on record and settle, everybody reads, and what is overdue comes first."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot import create_bot
from features.promises.ledger import PAGE
from storage.members.privacy import delete
from storage.promises import NewPromise, add_promise, promises_of
from tests.cogs.answers import check_answer, chosen, pick, typed
from tests.features.proposals.proposing import Clock, draft
from tests.offline import Server, all_told, posted, said, text_of, titles
from tests.storage.logs import promise_steps
from tournament.sample import SampleSource

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
    await check_answer(reply, charts=0)
    return (await all_told(server.ben, reply)).replace("\\", "")


async def test_a_promise_is_put_on_record_overdue_and_settled(server: Server) -> None:
    added = await add(server, due_on=str(TODAY - timedelta(days=12)))
    assert titles(added)[0] == "#1 · promise · overdue by 12 days"
    text = await listed(server)
    assert text.strip().startswith("### 1 overdue")
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
    assert titles(settled)[0] == f"#1 · promise · broken on {TODAY}"
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
    assert titles(added)[0] == "#1 · question · unanswered for 40 days"
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
    ({"link": "the forum"}, "A link is written like <https://"),
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


async def test_pages_and_kinds_are_picked_and_shared_as_they_are_then(server: Server) -> None:
    for number in range(7):
        await add(server, what=f"Promise {number}")
    reply = said(await server.ben.slash(server.channel, "promise list"))
    assert "page 1 of 2" in text_of(reply)
    for page, holds in ((2, "Promise 6"), (2, "Promise 6"), (1, "Promise 0"), (2, "Promise 6")):
        await pick(server, reply, "sheet", f"Page {page} of 2")
        assert f"page {page} of 2" in text_of(reply.message)
        assert holds in text_of(reply.message)
    await pick(server, reply, "which", "Settled")
    assert "Nothing has been settled yet." in text_of(reply.message)
    assert chosen(reply.message, "which") == "Settled"
    await pick(server, reply, "which", "All that is open")
    await pick(server, reply, "sheet", "Page 2 of 2")
    await server.moderator.slash(server.channel, "promise resolve", number=1, outcome="kept", note="x")
    for _ in range(2):
        await server.ben.click(reply.message, label="Share")
    [shared] = posted(server.channel)
    assert "Shared by Ben" in text_of(shared)
    assert "6 open · page 2 of 2" in text_of(shared)
    assert "Promise 6" in text_of(shared)
    await check_answer(shared, charts=0)
    assert "By the team · said on" in await all_told(server.moderator, shared)


async def test_the_list_works_after_a_restart_and_no_more_once_it_is_forgotten(
    server: Server, source: SampleSource
) -> None:
    for number in range(7):
        await add(server, what=f"Promise {number}")
    reply = said(await server.ben.slash(server.channel, "promise list"))
    await server.bot.close()
    await server.env.restart_bot(create_bot(server.bot.settings, source=source, now=server.bot.now))
    await pick(server, reply, "sheet", "Page 2 of 2")
    assert "Promise 6" in text_of(reply.message)
    await delete(server.database, server.ben.id)
    gone = await pick(server, reply, "sheet", "Page 1 of 2")
    assert "too old to be changed" in gone.followups[0].content


async def test_of_many_pages_any_can_be_typed(server: Server) -> None:
    now = server.bot.now()
    for number in range(24 * PAGE + 1):
        kept = NewPromise("promise", f"Promise {number}", "the team", TYPED["link"], TODAY, None)
        await add_promise(server.database, server.guild.id, server.moderator.id, kept, now)
    reply = said(await server.ben.slash(server.channel, "promise list", page=10**6))
    assert "page 25 of 25" in text_of(reply)
    await check_answer(reply, charts=0)
    await typed(server, reply, "sheet", "page", "24")
    assert "page 24 of 25" in text_of(reply.message)
    for text in ("0", "x" * 300, "🦉", "-1", "1.5"):
        refused = await typed(server, reply, "sheet", "page", text)
        told = (refused.followups or [refused.response])[0]
        assert "Something went wrong" not in told.content
        assert "page 24 of 25" in text_of(reply.message)


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
    drafted = await draft(
        server,
        server.ben,
        title="Say it first here",
        problem="A rule changed overnight and nobody had been asked.",
        change="Every change is announced here eight weeks before it begins.",
        parameters="notice: 8 weeks\nreview: 2099-01-01",
    )
    await server.ben.click(drafted.message, label="File it")
