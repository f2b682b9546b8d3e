"""The weekly summary of a server: what happened, what is due, what is owed, and how the stake moved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from features.digest.measures import measures_of, moves_of
from features.digest.proposal_news import argument_of, drafts_in, outcomes_in
from features.digest.rule_watch import rule_notices
from features.polls.view import result_of
from features.promises.ledger import ledger
from governance.digest.promise import Promise
from governance.digest.summary import (
    Closing,
    Period,
    Summary,
    SummaryQuestion,
    SummaryResult,
    SummaryView,
    period_of,
)
from governance.votes.secrecy import ballots_so_far
from governance.votes.strategies import BASELINE, STRATEGIES
from storage.database import Database
from storage.polls import ballots, polls
from storage.polls.polls import Poll
from storage.proposals import proposals
from storage.proposals.proposals import StoredProposal
from storage.server import digests
from storage.server.digests import Schedule
from tournament.source import Source
from wording.message_links import message_link
from wording.numbers import shortened

SOON = timedelta(days=7)
MOST = 100  # proposals or polls that are looked at
MOST_TO_DO, MOST_BUTTONS = 3, 5
EVERY = 100_000  # entries of the ledger: all there are


@dataclass(frozen=True)
class ToDo:
    """Something that members can do at once, with the button that does it."""

    what: str  # as members wrote its title, not escaped
    due: datetime | None
    ends: str  # what happens then
    label: str
    custom_id: str


@dataclass(frozen=True)
class Told:
    """A summary with what stands above it: notices of changed rules, one sentence each, and what to do."""

    summary: Summary
    notices: tuple[str, ...]
    to_do: tuple[ToDo, ...] = ()


@dataclass(frozen=True)
class Waiting:
    """What waits for one member, a line each; the first of them with buttons."""

    lines: tuple[str, ...]
    to_do: tuple[ToDo, ...] = ()


async def summarise(
    db: Database,
    source: Source,
    guild_id: int,
    period: Period,
    now: datetime,
    *,
    sources: Mapping[str, Source] | None = None,
) -> Told:
    """The summary of a period as plain data; nothing later than its end is counted.

    sources: those of all tournaments that proposals are about; without them, `source` alone.
    """
    sources = sources or {source.tournament: source}
    cut_off = min(now, period.ends)
    open_polls = await polls.polls_in(db, guild_id, states=["open"], limit=MOST)
    closed = await polls.polls_in(db, guild_id, states=["closed"], limit=MOST)
    stored = await proposals.proposals_in(db, guild_id, limit=MOST)
    there = {each.number: each for each in stored}
    soon = [poll for poll in open_polls if now < poll.closes_at <= cut_off + SOON]
    promises, questions = await _owed(db, guild_id, now)
    summary = Summary(
        period=period,
        cut_off=cut_off,
        closing=tuple(map(_closing, soon)),
        drafts=tuple(await drafts_in(db, sources, guild_id, there, period)),
        results=tuple(
            _result(poll)
            for poll in closed
            if poll.closed_at is not None and period.starts < poll.closed_at <= period.ends
        ),
        outcomes=tuple(await outcomes_in(db, guild_id, there, period)),
        promises=promises,
        questions=questions,
        measures=tuple(await measures_of(db, source, now)),
        moves=await moves_of(source),
        argument=await argument_of(db, guild_id, there, period),
    )
    votes = sorted(soon, key=lambda poll: poll.closes_at)
    to_do = [_vote(poll) for poll in votes] + [
        _second(each) for each in stored if each.stage == "idea" and each.open and not each.hidden_reason
    ]
    return Told(summary, await rule_notices(db, source, period), tuple(to_do[:MOST_TO_DO]))


async def set_schedule(
    db: Database, guild_id: int, *, weekday: int, hour: int, zone: str, channel: int, now: datetime
) -> Schedule:
    """Post a summary every week from the next scheduled moment on. Raises ValueError as period_of does."""
    told = period_of(now, zone, weekday, hour)  # the week that has just ended is not told any more
    schedule = Schedule(guild_id, weekday, hour, zone, channel, told.key)
    await digests.set_schedule(db, schedule, now)
    return await digests.schedule_of(db, guild_id) or schedule


async def waiting_for(db: Database, guild_id: int, member_id: int, now: datetime) -> Waiting:
    """What waits for one member: votes they have not cast, proposals of theirs that lack something."""
    voted = await ballots.voted_in(db, guild_id, member_id)
    unvoted = [
        poll
        for poll in await polls.polls_in(db, guild_id, states=["open"], limit=MOST)
        if poll.poll_id not in voted
    ]
    own = await proposals.proposals_in(
        db, guild_id, stages=("idea", "discussion", "last_call"), author=member_id, limit=MOST
    )
    lines = [f"Poll #{poll.number} “{poll.title}” has no ballot of yours." for poll in unvoted]
    lines += [
        f"Your proposal #{stored.number} “{stored.title}” is at {stored.stage.replace('_', ' ')}."
        for stored in own
    ]
    to_do = [_vote(poll) for poll in sorted(unvoted, key=lambda poll: poll.closes_at)]
    to_do += [
        ToDo("", None, "", f"Read #{stored.number}", f"proposal:read:{stored.proposal_id}") for stored in own
    ]
    return Waiting(tuple(lines), tuple(to_do[:MOST_BUTTONS]))


def _vote(poll: Poll) -> ToDo:
    what = f"Vote in poll #{poll.number} “{shortened(poll.title)}”"
    return ToDo(what, poll.closes_at, "closes", f"Vote in #{poll.number}", f"poll:vote:{poll.poll_id}")


def _second(stored: StoredProposal) -> ToDo:
    what = f"Second #{stored.number} “{shortened(stored.title)}”"
    return ToDo(
        what, stored.due_at, "stale", f"Second #{stored.number}", f"proposal:second:{stored.proposal_id}"
    )


def _closing(poll: Poll) -> Closing:
    return Closing(
        poll.number,
        poll.title,
        message_link(poll.guild_id, poll.thread or poll.channel, poll.message),
        poll.closes_at,
        ballots_so_far(poll.told, poll.quorum),
    )


def _result(poll: Poll) -> SummaryResult:
    result = result_of(poll)
    link = message_link(poll.guild_id, poll.thread or poll.channel, poll.message)
    assert result is not None, "closed without a result"
    told = SummaryResult(poll.number, poll.title, link, result.ballots, result.finding, ())
    if not result.valid:
        return told
    views = [SummaryView(STRATEGIES[BASELINE].words, result.winners)]
    # only what is told on the result's card: who leads rounded shares, where they are not too close to tell
    views += [
        SummaryView(STRATEGIES[each.name].words, each.leaders)
        for each in result.strategies
        if each.flips is not None
    ]
    return replace(told, views=tuple(views))


async def _owed(
    db: Database, guild_id: int, now: datetime
) -> tuple[tuple[Promise, ...], tuple[SummaryQuestion, ...]]:
    promises: list[Promise] = []
    questions: list[SummaryQuestion] = []
    for entry in (await ledger(db, guild_id, now, which="open", size=EVERY)).entries:
        if entry.kind == "question" and entry.said_on is not None:
            questions.append(SummaryQuestion(entry.what, entry.link, entry.said_on))
        elif entry.kind != "question":
            said_on = entry.said_on or entry.due_on or now.date()
            promises.append(Promise(entry.what, entry.who, entry.link, said_on, entry.due_on))
    return tuple(promises), tuple(questions)
