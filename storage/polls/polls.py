"""The polls of a server: what each asks, who may answer, and where it stands."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from sqlite3 import Row
from typing import Any

from governance.votes.rule import BEFORE, DEFAULT, Rule
from storage.database import Database, fetch_all, fetch_one
from storage.moments import from_text, to_text


@dataclass(frozen=True)
class Eligibility:
    """What a member needs for a ballot; the defaults ask for nothing."""

    role: int | None = None
    server_days: int = 0  # since they joined the server
    account_days: int = 0  # since their Discord account was made
    verified: bool = False  # a verified Numerai account


@dataclass(frozen=True)
class PollTerms:
    """What is settled when a poll opens."""

    title: str
    method: str  # of governance.tally
    options: Sequence[Any] | None  # as governance.tally has them: names, a range, or None
    opens_at: datetime
    closes_at: datetime
    spec_hash: str  # SHA-256, hex, of what is voted on
    electorate: int  # how many might vote, as far as the bot knows; 0 where nobody can tell
    description: str = ""
    budget: int | None = None  # of dots
    quorum: int = 0  # ballots; 0: none
    eligibility: Eligibility = Eligibility()
    rule: Rule = DEFAULT


@dataclass(frozen=True)
class Elector:
    """A verified member when a poll opened, and the stake (NMR) of the whole account on that day."""

    member_id: int
    stake: float
    account: str

    @classmethod
    def from_row(cls, row: Row) -> "Elector":
        """Return what a row of `electors` says."""
        return cls(
            member_id=row["member_id"],
            stake=row["stake"],
            account=row["account"],
        )


@dataclass(frozen=True)
class Poll:
    """One poll; its ballots are elsewhere."""

    poll_id: int
    guild_id: int
    number: int  # from 1 in each server
    proposal_id: int | None
    title: str
    description: str
    method: str
    options: Any
    budget: int | None
    opens_at: datetime
    closes_at: datetime
    extended: bool
    quorum: int
    eligibility: Eligibility
    rule: Rule
    state: str  # open (also before it opens and until it is counted), closed or cancelled
    tie_seed: str = field(repr=False)  # to be shown after the close only
    tie_commitment: str  # SHA-256 of the text of the seed
    spec_hash: str
    electorate: int  # how many might vote, as far as the bot knew when it opened; 0 where nobody can tell
    writes: int  # how often its ballots were changed: a count holds while this is the same
    told: int  # ballots that anybody may know of while it is open, as of told_at
    told_at: datetime | None
    result: str | None  # JSON text, once it is closed
    closed_at: datetime | None  # when it was counted or cancelled
    channel: int | None
    thread: int | None
    message: int | None
    hidden_reason: str | None  # why moderators took it out of sight
    changed_at: datetime  # when it was opened, extended, closed or cancelled
    author: int | None  # None once the author has deleted their data

    @classmethod
    def from_row(cls, row: Row) -> "Poll":
        """Return what a row of `_POLLS` says."""
        return cls(
            poll_id=row["poll_id"],
            guild_id=row["guild_id"],
            number=row["number"],
            proposal_id=row["proposal_id"],
            title=row["title"],
            description=row["description"],
            method=row["method"],
            options=json.loads(row["options"]),
            budget=row["budget"],
            opens_at=from_text(row["opens_at"]),
            closes_at=from_text(row["closes_at"]),
            extended=bool(row["extended"]),
            quorum=row["quorum"],
            eligibility=Eligibility(**json.loads(row["eligibility"])),
            rule=BEFORE if row["rule"] is None else Rule(**json.loads(row["rule"])),
            state=row["state"],
            tie_seed=row["tie_seed"],
            tie_commitment=row["tie_commitment"],
            spec_hash=row["spec_hash"],
            electorate=row["electorate"],
            writes=row["writes"],
            told=row["told"],
            told_at=None if row["told_at"] is None else from_text(row["told_at"]),
            result=row["result"],
            closed_at=None if row["closed_at"] is None else from_text(row["closed_at"]),
            channel=row["channel"],
            thread=row["thread"],
            message=row["message"],
            hidden_reason=row["hidden_reason"],
            changed_at=from_text(row["changed_at"]),
            author=row["author"],
        )


_POLLS = """
SELECT poll_id, guild_id, p.number, p.proposal_id, p.title, p.description, p.method, p.options, p.budget,
    p.opens_at, p.closes_at, p.extended, p.quorum, p.eligibility, p.rule, p.state, p.tie_seed,
    p.tie_commitment, p.spec_hash, p.electorate, p.writes, p.told, p.told_at, p.result, p.closed_at,
    p.channel, p.thread, p.message, p.hidden_reason, p.changed_at, a.member_id AS author
FROM polls p LEFT JOIN poll_authors a USING (poll_id, guild_id)
"""
_COUNT = "SELECT count(*) FROM polls p "
_AMONG = (
    "WHERE p.guild_id = ?1 AND p.hidden_reason IS NULL "
    "AND (?2 IS NULL OR p.state IN (SELECT value FROM json_each(?2))) "
)


def public_terms(poll: Poll) -> dict[str, Any]:
    """The poll as receipts stand for it and as its export tells it."""
    rule = {} if poll.rule == BEFORE else {"rule": asdict(poll.rule) | {"known": poll.electorate}}
    return rule | {
        "id": poll.poll_id,
        "title": poll.title,
        "method": poll.method,
        "options": poll.options,
        "budget": poll.budget,
        "opened": to_text(poll.opens_at),
        "closed": None if poll.closed_at is None else to_text(poll.closed_at),
        "tie_seed_commitment": poll.tie_commitment,
    }


async def poll_of(db: Database, guild_id: int, number: int) -> Poll | None:
    """Return a server's poll by its number, or None."""
    row = await fetch_one(db, _POLLS + "WHERE p.guild_id = ? AND p.number = ?", (guild_id, number))
    return None if row is None else Poll.from_row(row)


async def poll_in(db: Database, guild_id: int, number: int) -> Poll:
    """Return a server's poll by its number. Raises ValueError if there is none."""
    poll = await poll_of(db, guild_id, number)
    if poll is None:
        raise ValueError(f"There is no poll #{number} on this server.")
    return poll


async def poll_with_id(db: Database, guild_id: int, poll_id: int) -> Poll | None:
    """Return a server's poll by the id that its buttons carry, or None."""
    row = await fetch_one(db, _POLLS + "WHERE p.guild_id = ? AND p.poll_id = ?", (guild_id, poll_id))
    return None if row is None else Poll.from_row(row)


async def open_poll_of(db: Database, guild_id: int, proposal_id: int) -> Poll | None:
    """Return the poll in which a proposal is being voted on, or None."""
    row = await fetch_one(
        db,
        _POLLS + "WHERE p.guild_id = ? AND p.proposal_id = ? AND p.state = 'open'",
        (guild_id, proposal_id),
    )
    return None if row is None else Poll.from_row(row)


async def newest_poll_of(db: Database, guild_id: int, proposal_id: int) -> Poll | None:
    """Return the newest poll in which a proposal was or is voted on, or None."""
    row = await fetch_one(
        db,
        _POLLS + "WHERE p.guild_id = ? AND p.proposal_id = ? ORDER BY p.poll_id DESC LIMIT 1",
        (guild_id, proposal_id),
    )
    return None if row is None else Poll.from_row(row)


async def polls_in(
    db: Database,
    guild_id: int,
    *,
    states: Collection[str] | None = None,
    limit: int = 25,
    offset: int = 0,
) -> list[Poll]:
    """Return a server's polls in these states, the newest first; None is all states."""
    rows = await fetch_all(
        db,
        _POLLS + _AMONG + "ORDER BY p.number DESC LIMIT ?3 OFFSET ?4",
        (guild_id, _listed(states), limit, offset),
    )
    return [Poll.from_row(row) for row in rows]


async def count_polls(db: Database, guild_id: int, *, states: Collection[str] | None = None) -> int:
    """Return how many polls `polls_in` has with the same states and no limit."""
    [row] = await fetch_all(db, _COUNT + _AMONG, (guild_id, _listed(states)))
    return row[0]


async def due_polls(db: Database, now: datetime) -> list[Poll]:
    """Return the polls of all servers that are over and not counted yet, the longest over first."""
    rows = await fetch_all(
        db,
        _POLLS + "WHERE p.state = 'open' AND p.closes_at <= ? ORDER BY p.closes_at, p.poll_id",
        (to_text(now),),
    )
    return [Poll.from_row(row) for row in rows]


async def electors_of(db: Database, guild_id: int, poll_id: int) -> list[Elector]:
    """Return who was verified when a poll opened, without those who have deleted their data."""
    rows = await fetch_all(
        db,
        "SELECT member_id, stake, account FROM electors WHERE guild_id = ? AND poll_id = ? "
        "ORDER BY member_id",
        (guild_id, poll_id),
    )
    return [Elector.from_row(row) for row in rows]


def hidden_words(number: int, reason: str) -> str:
    """What is told of a poll that moderators took out of sight."""
    return f"Poll #{number} was hidden by the moderators, for this reason: {reason}"


def _listed(states: Collection[str] | None) -> str | None:
    return None if states is None else json.dumps(list(states))
