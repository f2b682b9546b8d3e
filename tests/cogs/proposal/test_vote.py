"""Votes on proposals: opened once when the last call ends, in its discussion, and counted."""

from datetime import timedelta
from typing import Any

import pytest

from bot import create_bot
from features.polls.opening import new_poll
from governance.proposals.proposal import Proposal
from governance.votes.rule import Rule
from storage.database import execute, transaction
from storage.polls import closing
from storage.polls.polls import Eligibility
from tests.features.polls.polling import ask as ask_poll
from tests.features.polls.polling import close, exported, look, people, poll_of, vote
from tests.features.proposals.proposals import do_due
from tests.features.proposals.proposing import (
    READY,
    REST,
    Clock,
    ask,
    card_in,
    file,
    forum_of,
    rows,
    tags_of,
    typing,
    view_of,
)
from tests.offline import Server, posted, said, text_of

pytestmark = pytest.mark.slow  # a bot for each test


@pytest.fixture
def ada(server: Server) -> Any:
    return server.guild.add_member(server.env.create_user("ada", global_name="Ada"))


async def to_last_call(server: Server, ada: Any, now: Clock) -> None:
    shown, form = await typing(server, ada, kind="communication")
    await ada.submit_modal(form, READY)
    more = await ada.click(shown.message, label="Add reasons")
    await ada.submit_modal(more, REST)
    assert said(await ada.click(shown.message, label="File it")).content.startswith("Filed as #1.")
    for member in (server.ben, server.moderator):
        await ask(server, member, "second", number=1)
    now.move(days=7)
    told = await ask(server, ada, "advance", number=1, to="last_call")
    assert told.content.startswith("#1 is at “last call” now."), told.content


async def test_from_the_last_call_to_the_result(server: Server, ada: Any, now: Clock) -> None:
    forum = await forum_of(server)
    await to_last_call(server, ada, now)
    [post] = forum.threads
    name, first = post.name, posted(post)[0]
    now.move(hours=71)
    await look(server)
    assert (await view_of(server)).stage == "last_call"
    assert await rows(server, "1", "polls") == []
    now.move(hours=1)
    for _ in range(3):
        await look(server)
    proposal = await view_of(server)
    assert proposal.stage == "vote"
    view = await poll_of(server)
    assert await rows(server, "number, proposal_id, method, state", "polls") == [
        (1, proposal.stored.proposal_id, "gradient", "open")
    ]
    assert view.poll.spec_hash == proposal.content_hash
    assert view.poll.closes_at - view.poll.opens_at == timedelta(days=7)
    assert (view.poll.quorum, view.poll.eligibility) == (proposal.seconds_needed, Eligibility())
    assert view.poll.electorate == 3, "who filed it and two who seconded it; nobody else did anything here"
    assert view.poll.rule == Rule()
    assert Rule().sentence in text_of(posted(post)[1])
    assert view.poll.thread == post.id
    cards = posted(post)
    assert [card.id for card in cards] == [first.id, view.poll.message]
    assert "Should this be done? Say it eight weeks ahead" in text_of(cards[1])
    assert "fewer than 5; 2 are needed" in text_of(cards[1])
    for member, step in zip(
        people(server, 6), ("strong_for", "for", "for", "neutral", "for", "against"), strict=True
    ):
        await vote(server, member, cards[1], "gradient", step)
    assert post.name == name
    assert "vote" in tags_of(server, post)

    view = await close(server, now)
    assert view.poll.state == "closed"
    await look(server)
    assert (await view_of(server)).stage == "result"
    cards = posted(post)
    assert [card.id for card in cards] == [first.id, view.poll.message]
    assert "**Result** since" in text_of(cards[0])
    assert "**Support with reservations**\n" not in text_of(cards[1]), "no step wins, the proposal does"
    assert "· 3 votes" in text_of(cards[1])
    assert post.name == name
    assert "result" in tags_of(server, post)
    assert (await exported(server, ada))[0]["head"] == view.head
    kinds = [
        kind for (kind,) in await rows(server, "kind || ' ' || detail", "proposal_events ORDER BY rowid")
    ]
    assert kinds[-2:] == ["advanced vote", "advanced result"]


async def test_a_crash_between_moving_opening_and_showing_is_made_up_for(
    server: Server, ada: Any, now: Clock, settings: Any, source: Any
) -> None:
    await to_last_call(server, ada, now)
    now.move(hours=72)
    await do_due(server.database, now())  # and the bot is gone before it opens the vote
    assert (await view_of(server)).stage == "vote"
    assert await rows(server, "1", "polls") == []
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=source, now=now))
    await look(server)
    assert await rows(server, "number, state", "polls") == [(1, "open")]

    # opened, and gone before it is shown
    view = await poll_of(server)
    await closing.set_poll_place(
        server.database, server.guild.id, view.poll.poll_id, channel=None, thread=None, message=None
    )
    async with transaction(server.database):
        await execute(server.database, "DELETE FROM poll_cards")
    for _ in range(2):
        await look(server)
    assert await rows(server, "number, state", "polls") == [(1, "open")]
    shown = (await poll_of(server)).poll
    assert shown.message not in (None, view.poll.message)


async def test_two_looks_at_once_open_one_vote(server: Server, ada: Any, now: Clock) -> None:
    await to_last_call(server, ada, now)
    now.move(hours=72)
    await look(server)
    proposal: Proposal = (await view_of(server)).proposal
    with pytest.raises(ValueError, match="being voted on already, in poll #1"):
        await new_poll(
            server.database,
            server.bot.tools.source("classic"),
            server.guild.id,
            ada.id,
            {"title": proposal.title},
            method="gradient",
            lasts=timedelta(days=7),
            eligibility=Eligibility(),
            quorum=0,
            members=[],
            now=now(),
            proposal_id=(await view_of(server)).stored.proposal_id,
        )
    assert await rows(server, "number", "polls") == [(1,)]


async def test_only_moderators_end_it_early_and_nobody_cancels_it(
    server: Server, ada: Any, now: Clock
) -> None:
    await to_last_call(server, ada, now)
    now.move(hours=72)
    await look(server)
    assert (await poll_of(server)).poll.author == ada.id
    refused = await ask_poll(server, ada, "close", number=1)
    assert refused.content == "Only a moderator can end the vote on a proposal before its time."
    assert (await ask_poll(server, server.ben, "close", number=1)).components == []
    refused = await ask_poll(server, server.moderator, "close", number=1, cancel=True)
    assert refused.content == "The vote on a proposal can be closed, but not cancelled."
    assert (await view_of(server)).stage == "vote"
    asked = await ask_poll(server, server.moderator, "close", number=1)
    told = said(await server.moderator.click(asked.message, label="Close #1"))
    assert told.content == "Poll #1 is closed."
    await look(server)
    assert (await view_of(server)).stage == "result"
    await look(server)
    assert await rows(server, "number", "polls") == [(1,)], "a closed vote is not held again"


async def test_an_idea_gets_no_vote(server: Server, ada: Any, now: Clock) -> None:
    await file(server, ada)
    now.move(days=20)
    await look(server)
    assert await rows(server, "1", "polls") == []
    assert card_in(server.channel)
