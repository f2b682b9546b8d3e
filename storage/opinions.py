"""The statements of a server, what members voted on them, and which of them moderators hid."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from sqlite3 import Row

from governance.text import counted
from storage.database import Database, execute, fetch_all, fetch_one, transaction
from storage.members.fingerprints import fingerprint, note_opening
from storage.moments import from_text, to_text

MEMBER_A_DAY, SERVER_A_DAY = 5, 30  # statements in 24 hours; the second holds whoever deletes their data
MEMBER_IN_SIGHT, SERVER_IN_SIGHT = 10, 100  # statements in sight; more than a hundred nobody votes through
DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Statement:
    """A claim to agree or disagree with."""

    statement_id: int
    number: int  # from 1 in each server
    claim: str
    added_at: datetime
    hidden_reason: str | None  # hidden unless None
    votes: int

    @classmethod
    def from_row(cls, row: Row) -> "Statement":
        """Return what a row of `_STATEMENTS` says."""
        return cls(
            statement_id=row["statement_id"],
            number=row["number"],
            claim=row["claim"],
            added_at=from_text(row["added_at"]),
            hidden_reason=row["hidden_reason"],
            votes=row["votes"],
        )


@dataclass(frozen=True)
class Vote:
    """What a member says to a statement: 1 agrees, -1 disagrees, 0 passes."""

    statement_id: int
    member_id: int
    vote: int

    @classmethod
    def from_row(cls, row: Row) -> "Vote":
        """Return what a row of `opinion_votes` says."""
        return cls(row["statement_id"], row["member_id"], row["vote"])


_STATEMENTS = """
SELECT s.statement_id, s.number, s.claim, s.added_at, s.hidden_reason,
    (SELECT count(*) FROM opinion_votes WHERE statement_id = s.statement_id) AS votes
FROM opinion_statements s
"""


async def add_statement(
    db: Database, guild_id: int, member_id: int, claim: str, folded: str, now: datetime
) -> Statement:
    """Keep a claim as the server's next statement.

    folded: what is the same for spellings of the same claim. Raises ValueError for one that is there
    already, and at the limits.
    """
    async with transaction(db):
        there = await fetch_one(
            db,
            "SELECT number, hidden_reason FROM opinion_statements WHERE guild_id = ? AND folded = ?",
            (guild_id, folded),
        )
        if there is not None:
            hidden = there["hidden_reason"]
            why = f", and hidden, for this reason: {hidden}" if hidden else ". Vote on it with /opinion vote."
            raise ValueError(f"That is statement #{there['number']} already{why}")
        await _check_limits(db, guild_id, member_id, now)
        [row] = await fetch_all(
            db,
            "INSERT INTO opinion_statements (guild_id, number, claim, folded, added_at) "
            "SELECT ?1, ifnull(max(number), 0) + 1, ?2, ?3, ?4 FROM opinion_statements WHERE guild_id = ?1 "
            "RETURNING statement_id, number",
            (guild_id, claim, folded, to_text(now)),
        )
        await execute(
            db,
            "INSERT INTO opinion_authors (statement_id, guild_id, member_id) VALUES (?, ?, ?)",
            (row["statement_id"], guild_id, member_id),
        )
        await note_opening(db, guild_id, "statement", row["statement_id"], member_id, now)
    return Statement(row["statement_id"], row["number"], claim, now, None, 0)


async def statements_of(
    db: Database, guild_id: int, *, include_hidden: bool = False, limit: int = -1, offset: int = 0
) -> list[Statement]:
    """Return a server's statements, the newest first; below 0 means all."""
    rows = await fetch_all(
        db,
        _STATEMENTS
        + "WHERE s.guild_id = ? AND (? OR s.hidden_reason IS NULL) ORDER BY s.number DESC LIMIT ? OFFSET ?",
        (guild_id, include_hidden, limit, offset),
    )
    return [Statement.from_row(row) for row in rows]


async def count_statements(db: Database, guild_id: int, *, include_hidden: bool = False) -> int:
    """Return how many statements `statements_of` has without a limit."""
    [row] = await fetch_all(
        db,
        "SELECT count(*) FROM opinion_statements WHERE guild_id = ? AND (? OR hidden_reason IS NULL)",
        (guild_id, include_hidden),
    )
    return row[0]


async def statement_of(db: Database, guild_id: int, number: int) -> Statement:
    """Return a statement that can be voted on, by its number. Raises ValueError for none and a hidden one."""
    row = await fetch_one(db, _STATEMENTS + "WHERE s.guild_id = ? AND s.number = ?", (guild_id, number))
    if row is None:
        raise ValueError(f"There is no statement #{number} on this server.")
    return _in_sight(row)


async def cast_vote(
    db: Database, guild_id: int, statement_id: int, member_id: int, vote: int, now: datetime
) -> int | None:
    """Keep a member's vote in place of an earlier one, which is returned; None if there was none.

    Raises ValueError for a statement that is hidden or not on this server.
    """
    async with transaction(db):
        row = await fetch_one(
            db, _STATEMENTS + "WHERE s.guild_id = ? AND s.statement_id = ?", (guild_id, statement_id)
        )
        if row is None:
            raise ValueError("That statement is not on this server any more. Go on with /opinion vote.")
        _in_sight(row)
        before = await fetch_one(
            db,
            "SELECT vote FROM opinion_votes WHERE guild_id = ? AND statement_id = ? AND member_id = ?",
            (guild_id, statement_id, member_id),
        )
        await execute(
            db,
            "INSERT INTO opinion_votes (statement_id, guild_id, member_id, vote, cast_at) "
            "VALUES (?, ?, ?, ?, ?) ON CONFLICT (statement_id, member_id) DO UPDATE "
            "SET vote = excluded.vote, cast_at = excluded.cast_at WHERE vote <> excluded.vote",
            (statement_id, guild_id, member_id, vote, to_text(now)),
        )
    return None if before is None else before["vote"]


async def votes_in(db: Database, guild_id: int, *, member_id: int | None = None) -> list[Vote]:
    """Return the votes on a server's statements in sight, all or a member's, in no order of time."""
    rows = await fetch_all(
        db,
        "SELECT v.statement_id, v.member_id, v.vote FROM opinion_votes v "
        "JOIN opinion_statements s USING (guild_id, statement_id) "
        "WHERE v.guild_id = ?1 AND (?2 IS NULL OR v.member_id = ?2) AND s.hidden_reason IS NULL "
        "ORDER BY v.member_id, v.statement_id",
        (guild_id, member_id),
    )
    # of a large server hundreds of thousands: not on the event loop
    return await asyncio.to_thread(lambda: [Vote.from_row(row) for row in rows])


async def turnout(db: Database, guild_id: int) -> tuple[int, int]:
    """Return how many members have voted on a server's statements in sight, and how many votes that is."""
    [row] = await fetch_all(
        db,
        "SELECT count(DISTINCT v.member_id) AS members, count(*) AS votes FROM opinion_votes v "
        "JOIN opinion_statements s USING (guild_id, statement_id) "
        "WHERE v.guild_id = ? AND s.hidden_reason IS NULL",
        (guild_id,),
    )
    return row["members"], row["votes"]


async def version_of(db: Database, guild_id: int) -> tuple[int, int, str]:
    """Return statements in sight, votes on them and when the last was cast: other votes, another version."""
    [row] = await fetch_all(
        db,
        "SELECT (SELECT count(*) FROM opinion_statements "
        "WHERE guild_id = ?1 AND hidden_reason IS NULL) AS seen, count(*) AS votes, "
        "ifnull(max(v.cast_at), '') AS newest FROM opinion_votes v "
        "JOIN opinion_statements s USING (guild_id, statement_id) "
        "WHERE v.guild_id = ?1 AND s.hidden_reason IS NULL",
        (guild_id,),
    )
    return row["seen"], row["votes"], row["newest"]


async def hide_statement(
    db: Database, guild_id: int, number: int, member_id: int, reason: str, now: datetime, *, hidden: bool
) -> bool:
    """Hide a statement for a reason, or show it again; False if that would change nothing."""
    async with transaction(db):
        row = await fetch_one(
            db,
            "UPDATE opinion_statements SET hidden_reason = iif(?1, ?2, NULL) "
            "WHERE guild_id = ?3 AND number = ?4 AND (hidden_reason IS NULL) = ?1 RETURNING statement_id",
            (hidden, reason, guild_id, number),
        )
        if row is None:
            return False
        [event] = await fetch_all(
            db,
            "INSERT INTO opinion_events (statement_id, guild_id, kind, reason, happened_at) "
            "VALUES (?, ?, ?, ?, ?) RETURNING event_id",
            (row["statement_id"], guild_id, "hidden" if hidden else "unhidden", reason, to_text(now)),
        )
        await execute(
            db,
            "INSERT INTO opinion_event_actors (event_id, guild_id, member_id) VALUES (?, ?, ?)",
            (event["event_id"], guild_id, member_id),
        )
        return True


async def _check_limits(db: Database, guild_id: int, member_id: int, now: datetime) -> None:
    [there] = await fetch_all(
        db,
        "SELECT coalesce(sum(own AND recent), 0) AS own, coalesce(sum(recent), 0) AS recent, "
        "coalesce(sum(seen), 0) AS in_sight, coalesce(sum(own AND seen), 0) AS own_in_sight "
        "FROM (SELECT ifnull(a.member_id = ?2, 0) OR ifnull(o.fingerprint = ?4, 0) AS own, "
        "s.added_at > ?3 AS recent, s.hidden_reason IS NULL AS seen FROM opinion_statements s "
        "LEFT JOIN opinion_authors a USING (guild_id, statement_id) "
        "LEFT JOIN openings o ON o.guild_id = s.guild_id AND o.kind = 'statement' "
        "AND o.thing_id = s.statement_id WHERE s.guild_id = ?1)",
        (guild_id, member_id, to_text(now - DAY), await fingerprint(db, guild_id, member_id)),
    )
    if there["own"] >= MEMBER_A_DAY:
        raise ValueError(
            f"You have added {counted(there['own'], 'statement')} in 24 hours, and that is the most. "
            "Vote on others."
        )
    if there["own_in_sight"] >= MEMBER_IN_SIGHT:
        raise ValueError(
            f"{counted(there['own_in_sight'], 'statement here is', 'statements here are')} yours, "
            "and that is the most a member may have."
        )
    if there["recent"] >= SERVER_A_DAY:
        raise ValueError(
            f"{counted(there['recent'], 'statement was', 'statements were')} added here in 24 hours, "
            "and that is the most. Vote first."
        )
    if there["in_sight"] >= SERVER_IN_SIGHT:
        raise ValueError(
            f"This server has {counted(there['in_sight'], 'statement')}, and that is the most. Vote on them."
        )


def _in_sight(row: Row) -> Statement:
    if row["hidden_reason"] is not None:
        raise ValueError(f"Statement #{row['number']} is hidden, for this reason: {row['hidden_reason']}")
    return Statement.from_row(row)
