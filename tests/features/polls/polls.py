"""Polls to vote in, for the tests of what is kept about them."""

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from features.polls.closing import end_if_due
from features.polls.view import PollView, poll_view
from governance.export import claim, export
from governance.receipts import verify
from governance.votes.tally import tally
from storage.database import Database
from storage.polls.ballots import choices_of, erased_commitments
from storage.polls.closing import close_poll
from storage.polls.opening import open_poll
from storage.polls.polls import Elector, Poll, PollTerms, due_polls, poll_in, public_terms
from tests.features.proposals.proposals import ADA, HERE, NOW

HOUR, MOMENT = timedelta(hours=1), timedelta(microseconds=1)
WEEK = timedelta(days=7)
CLOSE = NOW + WEEK
SEED = "5eed" * 16
TERMS = PollTerms("Which cap?", "single", ["two", "five"], NOW, CLOSE, "ab" * 32, 120)


async def opened(
    db: Database,
    *,
    guild_id: int = HERE,
    author: int = ADA,
    now: datetime = NOW,
    electors: Collection[Elector] = (),
    proposal_id: int | None = None,
    **changes: Any,
) -> Poll:
    return await open_poll(
        db, guild_id, author, replace(TERMS, **changes), now,
        electors=electors, proposal_id=proposal_id, tie_seed=SEED,
    )  # fmt: skip


async def present(db: Database, poll: Poll) -> Poll:
    return await poll_in(db, poll.guild_id, poll.number)


async def votes_in(db: Database, guild_id: int, poll_id: int) -> list[tuple[str, int | None]]:
    """Every choice that counts, and its member."""
    return [(each.choice, each.member_id) for each in await choices_of(db, guild_id, poll_id)]


async def counted(db: Database, poll: Poll) -> dict[str, Any]:
    """Winners and totals of the ballots in force."""
    choices = [json.loads(each.choice) for each in await choices_of(db, poll.guild_id, poll.poll_id)]
    return claim(tally(poll.method, choices, poll.options, seed=poll.tie_seed))


async def close(db: Database, poll: Poll) -> Poll:
    """Count and close a poll when its time has come."""
    poll = await present(db, poll)
    result = json.dumps(await counted(db, poll))
    assert await close_poll(db, poll.guild_id, poll.poll_id, poll.closes_at, result, writes=poll.writes)
    return await present(db, poll)


async def close_due(db: Database, now: datetime) -> list[PollView]:
    """Extend or close what is due, as the clock does it one by one; those that changed."""
    return [
        await poll_view(db, poll.guild_id, poll.number)
        for poll in await due_polls(db, now)
        if await end_if_due(db, poll, now)
    ]


async def exported(db: Database, poll: Poll) -> dict[str, Any]:
    """The export of a closed poll, as anybody gets it."""
    assert poll.result is not None
    return export(
        public_terms(poll),
        [(each.choice, each.salt) for each in await choices_of(db, poll.guild_id, poll.poll_id)],
        await erased_commitments(db, poll.guild_id, poll.poll_id),
        result=json.loads(poll.result),
        weighted={},
        tie_seed=poll.tie_seed,
    )


async def problems(db: Database, poll: Poll) -> tuple[str, ...]:
    """What a stranger finds wrong with a poll if it were closed as it is now."""
    poll = await present(db, poll)
    if poll.result is None:
        poll = replace(poll, result=json.dumps(await counted(db, poll)), closed_at=poll.closes_at)
    return verify(await exported(db, poll)).problems
