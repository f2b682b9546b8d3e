"""How a poll ends: extended or closed when its time has come, counted, and exported for a recount."""

import asyncio
import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from features.polls.results.counting import count
from features.polls.results.result import PollResult
from features.polls.view import PollView
from governance.chain import Entry
from governance.export import claim, export
from governance.votes.ballots import BUDGET
from governance.votes.tally import tally
from storage.database import Database
from storage.moments import to_text
from storage.polls import ballots, closing, polls
from storage.polls.polls import Poll, public_terms

EXTENSION = timedelta(hours=24)
LATE = timedelta(hours=24)  # ballots that come or change so late may extend a poll
MANY_LATE = 0.25


async def ballots_and_electors(db: Database, poll: Poll) -> tuple[list[tuple[int, Any]], dict[int, float]]:
    """Every ballot with its member, and the frozen stakes: for counting."""
    cast = await ballots.choices_of(db, poll.guild_id, poll.poll_id)
    electors = await polls.electors_of(db, poll.guild_id, poll.poll_id)
    counted = await asyncio.to_thread(_with_members, cast)
    return counted, {elector.member_id: elector.stake for elector in electors}


def _with_members(cast: list[tuple[str, int | None]]) -> list[tuple[int, Any]]:
    # the choice of somebody who deleted their data has nobody behind it any more
    return [(member or -place, json.loads(choice)) for place, (choice, member) in enumerate(cast, 1)]


async def end_if_due(db: Database, poll: Poll, now: datetime) -> bool:
    """Extend or close a poll whose time has come; whether it changed.

    Idempotent: what is due is read from the database, so a restart, an outage and a late tick are the same.
    """
    return await _extend_if_late(db, poll, now) or await close_poll(db, poll, now)


async def close_poll(db: Database, poll: Poll, now: datetime, *, early: bool = False) -> bool:
    """Count a poll and close it with its result; False if somebody was faster or a ballot came meanwhile."""
    cast, electors = await ballots_and_electors(db, poll)
    result = await asyncio.to_thread(
        count,
        poll.method,
        poll.options,
        cast,
        electors,
        quorum=poll.quorum,
        electorate=poll.electorate,
        seed=poll.tie_seed,
        budget=poll.budget or BUDGET,
        rule=poll.rule,
    )
    body = await _export(db, poll, result, now)
    kept = json.dumps({"result": asdict(result), "head": body["head"]}, ensure_ascii=False)
    return await closing.close_poll(db, poll.guild_id, poll.poll_id, now, kept, head=poll.head, forced=early)


async def poll_export(db: Database, view: PollView) -> dict[str, Any]:
    """What anybody can recount a closed poll from. Raises ValueError while it is open."""
    if view.poll.state != "closed" or view.result is None or view.poll.closed_at is None:
        raise ValueError("A poll can be recounted once it is closed: until then nothing of it is shown.")
    return await _export(db, view.poll, view.result, view.poll.closed_at)


async def _export(db: Database, poll: Poll, result: PollResult, closed_at: datetime) -> dict[str, Any]:
    chain = await ballots.chain_of(db, poll.guild_id, poll.poll_id)
    counted = await ballots.choices_with_salts(db, poll.guild_id, poll.poll_id)
    return await asyncio.to_thread(_made_export, poll, result, closed_at, chain, counted)


def _made_export(
    poll: Poll,
    result: PollResult,
    closed_at: datetime,
    chain: list[Entry],
    counted: list[tuple[str, str | None]],
) -> dict[str, Any]:
    cast = [(json.loads(choice), salt) for choice, salt in counted]
    plain = tally(
        poll.method,
        [choice for choice, _ in cast],
        poll.options,
        seed=poll.tie_seed,
        budget=poll.budget or BUDGET,
        rule=poll.rule,
        known=poll.electorate,
    )
    return export(
        public_terms(poll) | {"closed": to_text(closed_at)},
        chain,
        cast,
        result=None if result.too_few else claim(plain),
        weighted={each.name: each.shares for each in result.strategies},
        tie_seed=poll.tie_seed,
    )


async def _extend_if_late(db: Database, poll: Poll, now: datetime) -> bool:
    """Extend once, by a day, where over a quarter of the ballots came or changed late, or the quorum did."""
    if poll.extended:
        return False
    there = await ballots.ballots_of(db, poll.guild_id, poll.poll_id)
    since = poll.closes_at - LATE
    late = sum(ballot.changed_at > since for ballot in there)
    before = sum(ballot.cast_at <= since for ballot in there)
    quorum_was_late = poll.quorum > 0 and before < poll.quorum <= len(there)
    if there and (late > MANY_LATE * len(there) or quorum_was_late):
        return await closing.extend_poll(db, poll.guild_id, poll.poll_id, poll.closes_at + EXTENSION, now)
    return False
