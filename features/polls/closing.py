"""How a poll ends: extended or closed when its time has come, counted, and exported for a recount."""

import asyncio
import json
import logging
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from features.polls.results.counting import count
from features.polls.results.result import PollResult
from features.polls.view import PollView
from governance.export import claim, export
from governance.votes.ballots import BUDGET
from governance.votes.tally import TallyResult, tally
from storage.database import Database
from storage.moments import to_text
from storage.polls import ballots, closing, polls
from storage.polls.ballots import CountedChoice
from storage.polls.polls import Poll, public_terms
from wording.reasons import read_reason

log = logging.getLogger("roundtable.voting")

EXTENSION = timedelta(hours=24)
LATE = 0.1  # of a poll's time, its last: ballots that come or change so late may extend it
MANY_LATE = 0.25


async def ballots_and_electors(db: Database, poll: Poll) -> tuple[list[tuple[int, Any]], dict[int, float]]:
    """Every ballot with its member, and the frozen stakes: for counting."""
    cast, stakes = await _choices_and_stakes(db, poll)
    return await asyncio.to_thread(_with_members, cast), stakes


async def _choices_and_stakes(db: Database, poll: Poll) -> tuple[list[CountedChoice], dict[int, float]]:
    cast = await ballots.choices_of(db, poll.guild_id, poll.poll_id)
    electors = await polls.electors_of(db, poll.guild_id, poll.poll_id)
    return cast, {elector.member_id: elector.stake for elector in electors}


def _with_members(cast: list[CountedChoice]) -> list[tuple[int, Any]]:
    # the choice of somebody who deleted their data has nobody behind it any more
    return [(each.member_id or -place, json.loads(each.choice)) for place, each in enumerate(cast, 1)]


async def end_if_due(db: Database, poll: Poll, now: datetime) -> bool:
    """Extend or close a poll whose time has come; whether it changed.

    Idempotent: what is due is read from the database, so a restart, an outage and a late tick are the same.
    """
    return await _extend_if_late(db, poll, now) or await close_poll(db, poll, now)


async def close_poll(db: Database, poll: Poll, now: datetime, *, early: bool = False) -> bool:
    """Count a poll and close it with its result; False if somebody was faster or a ballot came meanwhile."""
    cast, stakes = await _choices_and_stakes(db, poll)
    kept = await asyncio.to_thread(_counted, poll, cast, stakes, now)
    return await closing.close_poll(
        db, poll.guild_id, poll.poll_id, now, kept, writes=poll.writes, forced=early
    )


def _counted(poll: Poll, cast: list[CountedChoice], stakes: dict[int, float], now: datetime) -> str:
    """The result of a poll as it is kept (JSON text): what is told, what is claimed, and the head of both."""
    counted = _with_members(cast)
    found = _tallied(poll, counted)
    result = count(
        poll.method,
        poll.options,
        counted,
        stakes,
        quorum=poll.quorum,
        electorate=poll.electorate,
        seed=poll.tie_seed,
        budget=poll.budget or BUDGET,
        rule=poll.rule,
        found=found,
    )
    claimed = claim(found)
    made = _made_export(poll, result, claimed, now, cast, [])
    kept = {"result": asdict(result), "claim": claimed, "head": made["head"]}
    return json.dumps(kept, ensure_ascii=False)


def _tallied(poll: Poll, counted: list[tuple[int, Any]]) -> TallyResult:
    return tally(
        poll.method,
        [choice for _, choice in counted],
        poll.options,
        seed=poll.tie_seed,
        budget=poll.budget or BUDGET,
        rule=poll.rule,
        known=poll.electorate,
    )


async def poll_export(db: Database, view: PollView) -> dict[str, Any]:
    """What anybody can recount a closed poll from. Raises ValueError while it is open."""
    poll, result = view.poll, view.result
    if poll.state != "closed" or result is None or poll.result is None or poll.closed_at is None:
        raise ValueError("A poll can be recounted once it is closed: until then nothing of it is shown.")
    cast = await ballots.choices_of(db, poll.guild_id, poll.poll_id)
    erased = await ballots.erased_commitments(db, poll.guild_id, poll.poll_id)
    claimed = json.loads(poll.result).get("claim")
    if claimed is None:  # closed before claims were kept
        claimed = claim(await asyncio.to_thread(lambda: _tallied(poll, _with_members(cast))))
    return await asyncio.to_thread(_made_export, poll, result, claimed, poll.closed_at, cast, erased)


def _made_export(
    poll: Poll,
    result: PollResult,
    claimed: dict[str, Any],
    closed_at: datetime,
    cast: list[CountedChoice],
    erased: list[str],
) -> dict[str, Any]:
    return export(
        public_terms(poll) | {"closed": to_text(closed_at)},
        [(each.choice, each.salt) for each in cast],
        erased,
        result=None if result.too_few else claimed,
        weighted={each.name: each.shares for each in result.strategies},
        tie_seed=poll.tie_seed,
    )


async def _extend_if_late(db: Database, poll: Poll, now: datetime) -> bool:
    """Extend once, where over a quarter of the ballots came or changed late, or the quorum did.

    By a day, or by as long as the poll lasted if that is less: a poll of an hour is over within two.
    """
    if poll.extended:
        return False
    there = await ballots.ballots_of(db, poll.guild_id, poll.poll_id)
    lasts = poll.closes_at - poll.opens_at
    since = poll.closes_at - LATE * lasts
    late = sum(ballot.changed_at > since for ballot in there)
    before = sum(ballot.cast_at <= since for ballot in there)
    quorum_was_late = poll.quorum > 0 and before < poll.quorum <= len(there)
    if there and (late > MANY_LATE * len(there) or quorum_was_late):
        later = poll.closes_at + min(EXTENSION, lasts)
        return await closing.extend_poll(db, poll.guild_id, poll.poll_id, later, now)
    return False


async def hide_poll(db: Database, view: PollView, reason: str, now: datetime, *, hidden: bool) -> None:
    """Take a poll out of sight, or show it again. Raises ValueError where that changes nothing."""
    poll = view.poll
    if poll.proposal_id is not None:
        raise ValueError("It is the vote on a proposal: hide that with /proposal hide.")
    said = read_reason(reason)
    why = said if hidden else None
    if not await closing.hide_poll(db, poll.guild_id, poll.poll_id, why, now):
        raise ValueError("There was nothing to change: it is like that already.")
    log.info(
        "a poll is %s",
        "hidden" if hidden else "shown again",
        extra={"fields": {"guild": poll.guild_id, "poll": poll.poll_id}},
    )
