"""Polls of a server: who may vote and until when, ballots with receipts, the close and the recount."""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from answers.ballot_text import METHOD_WORDS, as_text, read_options, read_range
from answers.poll_result import PollResult, Strategy, count
from governance.ballots import BUDGET, METHODS, check_ballot
from governance.chain import Entry, canonical, sha256
from governance.export import claim, export
from governance.receipts import Receipt, receipt_text
from governance.tally import tally
from governance.text import clean, clean_line
from storage import ballots, closing, polling, polls
from storage.database import Database
from storage.moments import to_text
from storage.polling import CastBallot
from storage.polls import Elector, Eligibility, Poll, Terms, public_terms
from storage.verifications import all_verified, verified_members
from tournament.source import Source, SourceError

LONGEST = timedelta(days=60)
SHORTEST = timedelta(minutes=5)
EXTENSION = timedelta(hours=24)
LATE = timedelta(hours=24)  # ballots that come or change so late may extend a poll
MANY_LATE = 0.25
LONGEST_REASON = 500


@dataclass(frozen=True)
class Member:
    """What is known of a member who wants to vote."""

    member_id: int
    roles: frozenset[int]
    joined_at: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class Reason:
    """Why somebody voted as they did; member_id only where they want to be named."""

    text: str
    member_id: int | None


@dataclass(frozen=True)
class PollView:
    """A poll with everything that may be told of it."""

    poll: Poll
    ballots: int
    result: PollResult | None
    head: str  # the last link of the chain; with the result in it once the poll is closed
    reasons: tuple[Reason, ...]

    @property
    def method(self) -> str:
        """One of governance.ballots.METHODS."""
        return self.poll.method

    @property
    def options(self) -> tuple[Any, ...]:
        """Names, or a range."""
        return tuple(self.poll.options or ())

    @property
    def who_may(self) -> str:
        """Who may vote, in words; "" for everybody."""
        asked = self.poll.eligibility
        parts = [f"<@&{asked.role}>"] if asked.role else []
        if asked.server_days:
            parts.append(f"{asked.server_days} days on this server")
        if asked.account_days:
            parts.append(f"a Discord account of {asked.account_days} days")
        if asked.verified:
            parts.append("a verified Numerai account")
        return ", ".join(parts)


@dataclass(frozen=True)
class PollLine:
    """A poll in a list."""

    number: int
    title: str
    method: str
    state: str
    closes_at: datetime


@dataclass(frozen=True)
class MyBallot:
    """One's own ballot and the receipt for it."""

    number: int
    method: str
    choice: Any
    receipt: str


async def new_poll(
    db: Database,
    source: Source,
    guild_id: int,
    member_id: int,
    typed: Mapping[str, str],
    *,
    method: str,
    lasts: timedelta,
    eligibility: Eligibility,
    quorum: int,
    electorate: int,
    members: Iterable[int],
    now: datetime,
    proposal_id: int | None = None,
    spec_hash: str = "",
) -> PollView:
    """Open a poll from what was typed; `members` are those of the server who might be verified.

    Who is verified, and the stake of their accounts, is frozen now. Raises ValueError with a sentence for
    what makes no poll.
    """
    if method not in METHODS:
        raise ValueError(f"A poll is one of {', '.join(METHOD_WORDS)}.")
    title = clean_line(typed.get("title", ""))
    if not 0 < len(title) <= 200:
        raise ValueError(f"The question has 1 to 200 characters; this one has {len(title)}.")
    description = clean(typed.get("description", ""))
    if len(description) > 1000:
        raise ValueError(f"What one should know has at most 1,000 characters; this has {len(description):,}.")
    if not SHORTEST <= lasts <= LONGEST:
        raise ValueError("A poll lasts from 5 minutes to 60 days.")
    if not 0 <= quorum <= 1_000_000:
        raise ValueError("A quorum is a number of ballots from 0 on.")
    if method == "gradient":
        options: list[Any] = []
    elif method == "numeric":
        options = read_range(typed.get("options", "").splitlines())
    else:
        options = read_options(typed.get("options", ""))
    check_ballot(method, None, options)  # options with which nobody could vote are refused here
    terms = Terms(
        title=title,
        description=description,
        method=method,
        options=options,
        budget=BUDGET if method == "dots" else None,
        opens_at=now,
        closes_at=now + lasts,
        spec_hash=spec_hash or sha256(canonical([title, description, method, options])),
        quorum=quorum,
        eligibility=eligibility,
        electorate=electorate,
    )
    electors = await _electors(db, source, members)
    poll = await polls.open_poll(
        db, guild_id, member_id, terms, now, electors=electors, proposal_id=proposal_id
    )
    return await _view(db, poll)


async def poll_view(db: Database, guild_id: int, number: int) -> PollView:
    """A server's poll by its number. Raises ValueError where there is none."""
    return await _view(db, await polls.poll_in(db, guild_id, number))


async def poll_with_id(db: Database, guild_id: int, poll_id: int) -> PollView:
    """A server's poll by the id that its buttons carry. Raises ValueError where it is gone."""
    poll = await polls.poll_with_id(db, guild_id, poll_id)
    if poll is None:
        raise ValueError("That poll is not on this server any more.")
    return await _view(db, poll)


async def list_polls(
    db: Database, guild_id: int, *, state: str | None, page: int, size: int = 8
) -> tuple[list[PollLine], int, int]:
    """A page of polls, newest first, with the number of pages and of polls."""
    states = None if state is None else (state,)
    total = await polls.count_polls(db, guild_id, states=states)
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    found = await polls.polls_in(db, guild_id, states=states, limit=size, offset=size * (page - 1))
    return [PollLine(p.number, p.title, p.method, p.state, p.closes_at) for p in found], pages, total


async def check_may_vote(db: Database, view: PollView, member: Member, now: datetime) -> None:
    """Raise ValueError with the reason unless this member may vote in this poll now."""
    asked = view.poll.eligibility
    if asked.role is not None and asked.role not in member.roles:
        raise ValueError("This poll asks for a role that you don't have; its card says which.")
    if asked.server_days and (
        member.joined_at is None or now - member.joined_at < timedelta(days=asked.server_days)
    ):
        raise ValueError(f"This poll asks for {asked.server_days} days on this server.")
    if asked.account_days and now - member.created_at < timedelta(days=asked.account_days):
        raise ValueError(f"This poll asks for a Discord account of {asked.account_days} days.")
    if asked.verified and member.member_id not in {
        elector.member_id for elector in await polls.electors_of(db, view.poll.guild_id, view.poll.poll_id)
    }:
        raise ValueError(
            "This poll asks for a Numerai account that was verified when it began. See /account verify."
        )


def check_open(view: PollView, now: datetime) -> None:
    """Raise ValueError unless the poll takes ballots; casting one checks again, inside its transaction."""
    poll = view.poll
    if poll.state != "open" or now >= poll.closes_at:
        closed = poll.closed_at or poll.closes_at
        raise ValueError(f"Poll #{poll.number} closed at {closed:%Y-%m-%d %H:%M} UTC.")


async def choice_of(db: Database, view: PollView, member_id: int) -> Any:
    """What a member has voted so far; None without a ballot."""
    ballot = await ballots.ballot_of(db, view.poll.guild_id, view.poll.poll_id, member_id)
    return None if ballot is None else json.loads(ballot.choice)


async def verified_ids(db: Database) -> list[int]:
    """Every member, of whatever server, whose account is verified."""
    return await all_verified(db)


async def ballots_and_electors(db: Database, poll: Poll) -> tuple[list[tuple[int, Any]], dict[int, float]]:
    """Every ballot with its member, and the frozen stakes: for counting."""
    cast = await ballots.choices_of(db, poll.guild_id, poll.poll_id)
    electors = await polls.electors_of(db, poll.guild_id, poll.poll_id)
    # the choice of somebody who deleted their data has nobody behind it any more
    counted = [(member or -place, json.loads(choice)) for place, (choice, member) in enumerate(cast, 1)]
    return counted, {elector.member_id: elector.stake for elector in electors}


async def cast_ballot(db: Database, view: PollView, member: Member, choice: Any, now: datetime) -> MyBallot:
    """Cast or change a ballot; it is durable when this returns. Raises ValueError with the reason if not."""
    await check_may_vote(db, view, member, now)
    check_ballot(view.method, choice, list(view.options), budget=view.poll.budget or BUDGET)
    guild_id, poll_id = view.poll.guild_id, view.poll.poll_id
    cast = await polling.cast(db, guild_id, poll_id, member.member_id, as_text(choice), now, reason=None)
    return _mine(view, choice, cast)


async def my_ballot(db: Database, view: PollView, member_id: int) -> MyBallot:
    """A member's own ballot with its receipt. Raises ValueError where there is none."""
    guild_id, poll_id = view.poll.guild_id, view.poll.poll_id
    ballot = await ballots.ballot_of(db, guild_id, poll_id, member_id)
    receipt = await polling.receipt_of(db, guild_id, poll_id, member_id)
    if ballot is None or receipt is None:
        raise ValueError(f"You have not voted in poll #{view.poll.number}.")
    return _mine(view, json.loads(ballot.choice), receipt)


async def take_back(db: Database, view: PollView, member_id: int, now: datetime) -> bool:
    """Withdraw one's ballot; whether there was one."""
    entry = await polling.withdraw_ballot(db, view.poll.guild_id, view.poll.poll_id, member_id, now)
    return entry is not None


async def give_reason(
    db: Database, view: PollView, member_id: int, text: str, named: bool, now: datetime
) -> None:
    """Keep a reason beside one's ballot. Raises ValueError without a ballot, or for too much."""
    reason = clean_line(text)
    if len(reason) > LONGEST_REASON:
        raise ValueError(f"A reason has at most {LONGEST_REASON} characters; this has {len(reason):,}.")
    guild_id, poll_id = view.poll.guild_id, view.poll.poll_id
    ballot = await ballots.ballot_of(db, guild_id, poll_id, member_id)
    if ballot is None:
        raise ValueError(f"You have not voted in poll #{view.poll.number}: vote first, then say why.")
    await polling.cast(
        db, guild_id, poll_id, member_id, ballot.choice, now, reason=reason, reason_named=named
    )


async def close_due(db: Database, now: datetime) -> list[PollView]:
    """Extend or close every poll whose time has come, in all servers; those that changed.

    Idempotent: what is due is read from the database, so a restart, an outage and a late tick are the same.
    """
    changed = []
    for poll in await polls.due_polls(db, now):
        if await _extend_if_late(db, poll, now) or await close_poll(db, poll, now):
            changed.append(await poll_view(db, poll.guild_id, poll.number))  # noqa: PERF401 - in turn
    return changed


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
    counted = [
        (json.loads(choice), salt)
        for choice, salt in await ballots.choices_with_salts(db, poll.guild_id, poll.poll_id)
    ]
    return await asyncio.to_thread(_made_export, poll, result, closed_at, chain, counted)


def _made_export(
    poll: Poll,
    result: PollResult,
    closed_at: datetime,
    chain: list[Entry],
    counted: list[tuple[Any, str | None]],
) -> dict[str, Any]:
    plain = tally(
        poll.method,
        [choice for choice, _ in counted],
        poll.options,
        seed=poll.tie_seed,
        budget=poll.budget or BUDGET,
    )
    return export(
        public_terms(poll) | {"closed": to_text(closed_at)},
        chain,
        counted,
        result=claim(plain),
        weighted={each.name: each.shares for each in result.strategies},
        tie_seed=poll.tie_seed,
    )


def _mine(view: PollView, choice: Any, cast: CastBallot) -> MyBallot:
    receipt = Receipt(
        poll=view.poll.poll_id,
        sequence=cast.sequence,
        commitment=cast.commitment,
        salt=cast.salt,
        head=cast.head,
    )
    return MyBallot(view.poll.number, view.method, choice, receipt_text(receipt))


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


async def _electors(db: Database, source: Source, members: Iterable[int]) -> list[Elector]:
    """The verified among these members, with the stake of their accounts as of now."""
    verified = await verified_members(db, list(members))
    if not verified:
        return []
    try:
        stakes = await source.stakes()
    except SourceError:
        return [Elector(each.member_id, 0.0, each.account) for each in verified]
    of_account = dict(
        zip((name.casefold() for name in stakes.accounts), stakes.account_stake.tolist(), strict=True)
    )
    return [
        Elector(each.member_id, of_account.get(each.account.casefold(), 0.0), each.account)
        for each in verified
    ]


async def _view(db: Database, poll: Poll) -> PollView:
    kept = None if poll.result is None else json.loads(poll.result)
    activity = await ballots.activity_of(db, poll.guild_id, poll.poll_id, poll.closes_at)
    reasons: Sequence[Reason] = ()
    if poll.state == "closed":
        reasons = [
            Reason(ballot.reason, ballot.member_id if ballot.reason_named else None)
            for ballot in await ballots.ballots_of(db, poll.guild_id, poll.poll_id)
            if ballot.reason
        ]
    return PollView(
        poll=poll,
        ballots=activity.ballots,
        result=None if kept is None else _read_result(kept["result"]),
        head=poll.head if kept is None else kept["head"],
        reasons=tuple(sorted(reasons, key=lambda reason: reason.text)),  # not in the order of members' ids
    )


def _read_result(data: dict[str, Any]) -> PollResult:
    strategies = tuple(Strategy(**{**each, "leaders": tuple(each["leaders"])}) for each in data["strategies"])
    interval = data["interval"]
    return PollResult(
        **{
            **data,
            "winners": tuple(data["winners"]),
            "tie": tuple(data["tie"]),
            "strategies": strategies,
            "interval": None if interval is None else (interval[0], interval[1]),
            "turnout": tuple((a, b) for a, b in data["turnout"]),
            "details": tuple(data["details"]),
        }
    )
