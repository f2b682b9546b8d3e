"""The weekly summary of a server: what happened, what is due, what is owed, and how the stake moved."""

import json
import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from features.polls.view import PollView, poll_view
from features.promises.ledger import ledger
from features.stakes.history import stake_history
from governance.digest.promise import Promise
from governance.digest.summary import (
    Argument,
    Closing,
    Draft,
    Measure,
    Outcome,
    Period,
    Question,
    Result,
    Summary,
    View,
    period_of,
)
from governance.proposals.document import from_json
from governance.proposals.parameters import spelled
from governance.proposals.proposal import KINDS, Proposal
from governance.proposals.revision import changes
from governance.votes.strategies import BASELINE, STRATEGIES
from scoring.rules import describe_multipliers, rule_in_force
from storage.database import Database
from storage.polls import ballots, polls
from storage.polls.polls import Poll
from storage.proposals import arguments, events, proposals, responses
from storage.server import digests
from storage.server.digests import Schedule
from tournament.source import EVERYONE, Source, SourceError
from wording.links import message_link

log = logging.getLogger("roundtable.digest")

SOON = timedelta(days=7)
AFTER = timedelta(hours=24)  # a changed ballot counts for the arguments of the day before it
FEWEST_MOVED = 5  # changed ballots; fewer would tell who changed
MOST = 100  # proposals or polls that are looked at
NEWEST_ROUNDS = 20


@dataclass(frozen=True)
class Told:
    """A summary with what stands above it: notices of changed rules, one sentence each."""

    summary: Summary
    notices: tuple[str, ...]


@dataclass(frozen=True)
class Waiting:
    """What waits for one member, a line each."""

    lines: tuple[str, ...]


async def summarise(db: Database, source: Source, guild_id: int, period: Period, now: datetime) -> Told:
    """The summary of a period as plain data; nothing later than its end is counted."""
    cut_off = min(now, period.ends)
    open_polls = await polls.polls_in(db, guild_id, states=["open"], limit=MOST)
    closed = await polls.polls_in(db, guild_id, states=["closed"], limit=MOST)
    promises, questions = await _owed(db, guild_id, now)
    summary = Summary(
        period=period,
        cut_off=cut_off,
        closing=tuple(
            [await _closing(db, poll) for poll in open_polls if now < poll.closes_at <= cut_off + SOON]
        ),
        drafts=tuple(await _drafts(db, guild_id, period, now)),
        results=tuple(
            [
                _result(await poll_view(db, guild_id, poll.number))
                for poll in closed
                if poll.closed_at is not None and period.starts < poll.closed_at <= period.ends
            ]
        ),
        outcomes=tuple(await _outcomes(db, guild_id, period)),
        promises=promises,
        questions=questions,
        measures=tuple(await _measures(db, source, now)),
        argument=await _argument(db, guild_id, (*open_polls, *closed), period),
    )
    return Told(summary, await _notices(db, source, period, now))


async def take_rules(db: Database, source: Source, now: datetime) -> bool:
    """Keep what the newest rounds are paid by and the rule they announce; once a day. Whether that is new."""
    rounds = await source.rounds()
    paid = np.flatnonzero(rounds.paid)[-NEWEST_ROUNDS:]
    columns = (rounds.payout_factor[paid], rounds.stake_threshold[paid], rounds.total_at_risk[paid])
    newest = [
        {
            "round": number,
            "payout_factor": _known(factor),
            "stake_threshold": _known(threshold),
            "total_at_risk": _known(total),
        }
        for number, factor, threshold, total in zip(
            rounds.number[paid].tolist(), *(column.tolist() for column in columns), strict=True
        )
    ]
    rule = await source.live_rule()
    return await digests.keep_rules(
        db,
        source.tournament,
        source.label,
        now.date(),
        rule="" if rule is None else describe_multipliers(rule.multipliers),
        differs=await source.live_rule_differs(),
        rounds=json.dumps(newest),
    )


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
    lines = [
        f"Poll #{poll.number} “{poll.title}” has no ballot of yours."
        for poll in await polls.polls_in(db, guild_id, states=["open"], limit=MOST)
        if await ballots.ballot_of(db, guild_id, poll.poll_id, member_id) is None
    ]
    lines += [
        f"Your proposal #{stored.number} “{stored.title}” is at {stored.stage.replace('_', ' ')}."
        for stored in await proposals.proposals_in(
            db, guild_id, stages=("idea", "discussion", "last_call"), author=member_id, limit=MOST
        )
    ]
    return Waiting(tuple(lines))


async def _closing(db: Database, poll: Poll) -> Closing:
    cast = await ballots.activity_of(db, poll.guild_id, poll.poll_id, poll.closes_at)
    return Closing(
        poll.number,
        poll.title,
        message_link(poll.guild_id, poll.thread or poll.channel, poll.message),
        poll.closes_at,
        cast.ballots // 5 * 5,  # in steps, as on its card
        poll.quorum or None,
    )


async def _drafts(db: Database, guild_id: int, period: Period, now: datetime) -> list[Draft]:
    found = []
    for stored in await proposals.proposals_in(db, guild_id, limit=MOST):
        link = message_link(guild_id, stored.thread or stored.channel, stored.message)
        versions = await proposals.revisions_of(db, guild_id, stored.number)
        late = [each for each in versions if period.starts < each.created_at <= period.ends]
        if not late:
            continue
        newest = from_json(late[-1].content)
        if late[0].revision == 1:
            found.append(Draft(stored.number, stored.title, link, _against_today(newest, now)))
            continue
        before = next(each for each in versions if each.revision == late[0].revision - 1)
        fields = [change.field.replace("_", " ") for change in changes(from_json(before.content), newest)]
        found.append(Draft(stored.number, stored.title, link, f"changed {', '.join(fields)}", revised=True))
    return found


def _against_today(proposal: Proposal, now: datetime) -> str:
    """One line on what would be different."""
    said = spelled(proposal.parameters)
    if "rule" in said:
        today = rule_in_force(proposal.tournament, on=now)
        return f"{said['rule']} instead of {describe_multipliers(today.multipliers)}"
    first = next(iter(said.items()), None)
    return KINDS[proposal.kind] if first is None else f"{KINDS[proposal.kind]}, {first[0]} {first[1]}"


def _result(view: PollView) -> Result:
    poll, result = view.poll, view.result
    link = message_link(poll.guild_id, poll.thread or poll.channel, poll.message)
    if result is None or not result.valid:
        return Result(poll.number, poll.title, link, 0 if result is None else result.ballots, ())
    views = [View(STRATEGIES[BASELINE].words, result.winners)]
    # only what is told on the result's card: who leads rounded shares, where they are not too close to tell
    views += [
        View(STRATEGIES[each.name].words, each.leaders)
        for each in result.strategies
        if each.flips is not None
    ]
    return Result(poll.number, poll.title, link, result.ballots, tuple(views))


async def _outcomes(db: Database, guild_id: int, period: Period) -> list[Outcome]:
    found = []
    for stored in await proposals.proposals_in(db, guild_id, limit=MOST):
        link = message_link(guild_id, stored.thread or stored.channel, stored.message)
        for response in await responses.responses_of(db, guild_id, stored.number):
            if period.starts < response.responded_at <= period.ends:
                what = f"{response.outcome}: {response.statement}"
                found.append(Outcome(stored.number, stored.title, response.link or link, what, "the team"))
        found += [
            Outcome(stored.number, stored.title, link, event.kind, "")
            for event in await events.events_of(db, guild_id, stored.number)
            if period.starts < event.happened_at <= period.ends and event.kind in ("withdrawn", "superseded")
        ]
    return found


async def _owed(
    db: Database, guild_id: int, now: datetime
) -> tuple[tuple[Promise, ...], tuple[Question, ...]]:
    promises: list[Promise] = []
    questions: list[Question] = []
    page = pages = 1
    while page <= pages:
        there = await ledger(db, guild_id, now, which="open", page=page, size=25)
        for entry in there.entries:
            if entry.kind == "question" and entry.said_on is not None:
                questions.append(Question(entry.what, entry.link, entry.said_on))
            elif entry.kind != "question":
                said_on = entry.said_on or entry.due_on or now.date()
                promises.append(Promise(entry.what, entry.who, entry.link, said_on, entry.due_on))
        page, pages = page + 1, there.pages
    return tuple(promises), tuple(questions)


async def _measures(db: Database, source: Source, now: datetime) -> list[Measure]:
    """Concentration against the snapshot of a week ago, and everyone's pay against the round before."""
    found = []
    try:
        history = await stake_history(db, source, now)
        last = history.measures[-1]
        earlier = [
            each
            for day, each in zip(history.days, history.measures, strict=True)
            if timedelta(days=6) <= history.days[-1] - day <= timedelta(days=9)
        ]
        before = earlier[-1] if earlier else None
        for name, value, then in (
            ("accounts hold half of the stake", last.half, before.half if before else math.nan),
            (
                "effective number of accounts",
                last.effective_number,
                before.effective_number if before else math.nan,
            ),
        ):
            found.append(Measure(name, value, then, "", last.holders, before.holders if before else 0))
    except (SourceError, ValueError) as error:
        log.info("the summary goes without the stakes: %s", error)
    try:
        everyone = await source.history(EVERYONE)
    except SourceError as error:
        log.info("the summary goes without pay: %s", error)
        return found
    paid = everyone.resolved & (everyone.stake > 0) & ~np.isnan(everyone.payout)
    numbers = np.unique(everyone.round[paid])
    if numbers.size >= 2:
        totals, counts = [], []
        for number in numbers[-2:]:
            rows = paid & (everyone.round == number)
            totals.append(math.fsum(everyone.payout[rows]))
            counts.append(int(np.count_nonzero(rows)))
        name = f"paid in round {numbers[-1]}, against round {numbers[-2]}"
        found.append(Measure(name, totals[1], totals[0], "NMR", counts[1], counts[0]))
    return found


async def _argument(db: Database, guild_id: int, there: Sequence[Poll], period: Period) -> Argument | None:
    """The argument in whose day most ballots changed; none where few did."""
    best: Argument | None = None
    for poll in there:
        if poll.proposal_id is None:
            continue
        stored = await proposals.proposal_with_id(db, guild_id, poll.proposal_id)
        if stored is None:
            continue
        changed = [
            ballot.changed_at
            for ballot in await ballots.ballots_of(db, guild_id, poll.poll_id)
            if ballot.changes and period.starts < ballot.changed_at <= period.ends
        ]
        for argument in await arguments.arguments_of(db, guild_id, stored.number):
            moved = sum(argument.made_at < moment <= argument.made_at + AFTER for moment in changed)
            if moved >= FEWEST_MOVED and (best is None or moved > best.moved):
                link = message_link(guild_id, stored.thread or stored.channel, stored.message)
                best = Argument(stored.number, argument.claim, link, moved)
    return best


async def _notices(db: Database, source: Source, period: Period, now: datetime) -> tuple[str, ...]:
    """A sentence where the newest round announces something else than the dated table, or than before."""
    try:
        await take_rules(db, source, now)
        differs = await source.live_rule_differs()
        rule = await source.live_rule()
    except SourceError:
        return ()
    notices = [differs] if differs else []
    known_on = period.starts.date() + timedelta(days=1)  # not yesterday: somebody may have looked then
    before = await digests.rules_before(db, source.tournament, source.label, known_on)
    told = "" if rule is None else describe_multipliers(rule.multipliers)
    if before is not None and before[0] != told:
        notices.append(f"The announced rule changed from {before[0] or 'nothing'} to {told or 'nothing'}.")
    return tuple(notices)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
