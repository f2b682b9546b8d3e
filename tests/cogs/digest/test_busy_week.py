"""A week in which everything happens that a summary tells, as a post and as Markdown."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot import create_bot
from storage.polls.casting import cast
from storage.polls.closing import set_poll_place
from storage.polls.polls import Elector
from storage.proposals.arguments import argue
from storage.proposals.proposals import proposal_in
from tests.cogs.digest.weekly import DUE, do_due, schedule, summaries
from tests.features.digest.weeks import Announced, held
from tests.features.polls.polls import close_due, opened
from tests.features.proposals.proposals import ADA, EARLY
from tests.features.proposals.proposing import FORM, Clock, file, without_limits
from tests.features.stakes.made_up import DAY, calendar, stakes_of
from tests.offline import Server, said, text_of


@pytest.mark.slow
async def test_a_busy_week_tells_everything_as_a_post_and_as_markdown(
    server: Server, now: Clock, settings: Any
) -> None:
    await a_busy_week(server, now, settings)
    now.moment = DUE
    await do_due(server)
    [message] = summaries(server.channel)
    assert len(message.attachments) == 1
    headline = text_of(message)
    assert ": 1 vote closing soon\n1 new proposal · 1 revised · 1 result, 1 by strategy" in headline
    assert "1 outcome · 1 promise overdue, by up to 4 days · 1 question unanswered" in headline
    assert "The announced rule changed from 1xCORR to 2xCORR." in headline
    [thread] = [each for each in server.channel.threads if each.name == "The week of 5 May 2031"]
    pages = "\n".join(map(text_of, thread.history()))
    reply = said(await server.ben.slash(server.channel, "digest last", markdown=True))
    [attached] = reply.attachments
    assert attached.filename == "summary.md"
    markdown = (await attached.read()).decode()
    assert "The announced rule changed from 1xCORR to 2xCORR." in markdown
    for told in (
        "ballots so far: at least 10; 20 are needed",
        "New: [Proposal 2: Second",
        "Revised: [Proposal 1: Say it eight weeks ahead",
        "two wins (70 ballots). **The strategy decides: they do not agree.**",
        "one member, one vote: two",
        "stake: five",
        "accepted\\: We do it",
        "4 days overdue: [A FAQ](https://forum.example/t/1)",
        "34 days without an answer: [Why overnight?]",
        "6 votes changed",
        "accounts hold half of the stake: 1 (n = 3); 3 the week before (n = 4)",
    ):
        assert told in pages, told
        assert told in markdown, told
    for text in (pages, markdown):
        assert "\n- New: [Proposal 2: Second \\*\\*bold\\*\\* @ everyone \\<@ 1\\>]" in text
        assert "@everyone" not in text
        assert "<@1>" not in text
        assert "After “\\# Caps (can)(x) be split” 6 votes changed" in text
    assert "<t:" in pages
    assert "<t:" not in markdown


async def a_busy_week(server: Server, now: Clock, settings: Any) -> None:
    """Everything that a summary tells, in the week before DUE."""
    here = server.guild.id
    await without_limits(server)
    await schedule(server)
    now.moment = DUE - timedelta(days=8)
    await file(server, server.ben)
    old = Announced(
        stakes_of([10, 10, 10, 10], day=DAY - timedelta(days=7)), known_rounds=calendar(3), announced="1xCORR"
    )
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=old, now=now))
    await server.moderator.slash(server.channel, "digest snapshot")
    proposal = await proposal_in(server.database, here, 1)
    await voted_upon(server, now, proposal.proposal_id)
    await server.bot.close()
    new = replace(old, held=held(DAY, 30, 10, 10).held, announced="2xCORR")
    await server.env.restart_bot(create_bot(settings, source=new, now=now))


async def voted_upon(server: Server, now: Clock, proposal_id: int) -> None:
    db, here, start = server.database, server.guild.id, now()
    electors = [Elector(n, 1.0 if n <= 40 else 9.0, f"account_{n}") for n in range(1, 71)]
    poll = await opened(
        db, guild_id=here, now=start, opens_at=start, closes_at=start + timedelta(days=3), electors=electors
    )
    for member in range(1, 71):
        choice = json.dumps("two" if member <= 40 else "five")
        await cast(db, here, poll.poll_id, member, choice, start)
    about = await opened(
        db, guild_id=here, now=start, opens_at=start, quorum=20, closes_at=DUE + timedelta(days=2),
        proposal_id=proposal_id, title="On #1",
    )  # fmt: skip
    await set_poll_place(db, here, about.poll_id, channel=server.channel.id, thread=None, message=1)
    now.move(days=2)
    await argue(db, here, 1, ADA, "against", "# Caps [can](x) be split", now(), stages=EARLY)
    for choice, voters in (("two", range(1, 11)), ("five", range(1, 7))):
        now.move(hours=1)
        for member in voters:
            await cast(db, here, about.poll_id, member, json.dumps(choice), now())
    form = await server.ben.slash(server.channel, "proposal revise", number=1)
    typed = FORM | {"change": "A change takes effect nine weeks after its text."}
    shown = said(await server.ben.submit_modal(form, typed))
    await server.ben.click(shown.message, label="Save the revision")
    await file(server, server.ben, title="Second **bold** @everyone <@1>")
    await ask_moderator(server, "proposal respond", number=1, outcome="accepted", statement="We do it")
    more = {"who": "the team", "link": "https://forum.example/t/1", "said_on": "2031-04-01"}
    await ask_moderator(server, "promise add", kind="promise", what="A FAQ", due_on="2031-05-01", **more)
    await ask_moderator(server, "promise add", kind="question", what="Why overnight?", **more)
    now.moment = start + timedelta(days=3)
    await close_due(db, now())


async def ask_moderator(server: Server, command: str, **options: Any) -> None:
    said(await server.moderator.slash(server.channel, command, **options))
