"""The ballots of a poll as they are now, and the chain of everything that was done with them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from governance.chain import Entry, start
from storage.database import Database, fetch_all, fetch_one
from storage.moments import from_text, to_text
from storage.polls.polls import poll_with_id, public_terms

LATELY = timedelta(hours=24)


@dataclass(frozen=True)
class Ballot:
    """One member's ballot in force."""

    member_id: int
    choice: str = field(repr=False)  # canonical JSON text
    salt: str = field(repr=False)
    sequence: int  # of its entry in the chain
    reason: str
    reason_named: bool  # whether the reason may be shown with the member's name
    cast_at: datetime
    changed_at: datetime
    changes: int


@dataclass(frozen=True)
class PollActivity:
    """How many ballots are in force, and how many of them are new or changed in the last 24 hours."""

    ballots: int
    lately: int


_BALLOTS = """
SELECT member_id, choice, salt, sequence, reason, reason_named, cast_at, changed_at, changes FROM ballots
WHERE guild_id = ? AND poll_id = ?
"""
_CHOICES = """
WITH RECURSIVE erased (choice, times) AS (
    SELECT choice, times FROM erased_choices WHERE guild_id = ?1 AND poll_id = ?2
    UNION ALL SELECT choice, times - 1 FROM erased WHERE times > 1
)
SELECT choice, {column} FROM ballots WHERE guild_id = ?1 AND poll_id = ?2
UNION ALL SELECT choice, NULL FROM erased
"""


async def ballot_of(db: Database, guild_id: int, poll_id: int, member_id: int) -> Ballot | None:
    """Return a member's ballot in a poll, or None."""
    row = await fetch_one(db, _BALLOTS + "AND member_id = ?", (guild_id, poll_id, member_id))
    return None if row is None else _ballot(row)


async def ballots_of(db: Database, guild_id: int, poll_id: int) -> list[Ballot]:
    """Return the ballots of a poll by member, without those that were erased."""
    rows = await fetch_all(db, _BALLOTS + "ORDER BY member_id", (guild_id, poll_id))
    return [_ballot(row) for row in rows]


async def choices_of(db: Database, guild_id: int, poll_id: int) -> list[tuple[str, int | None]]:
    """Return every choice (JSON text) that counts in a poll and its member, None for an erased one.

    Read the poll before: if its head is still the same at the close, these are what it stands for.
    """
    return await _choices(db, guild_id, poll_id, "member_id")


async def choices_with_salts(db: Database, guild_id: int, poll_id: int) -> list[tuple[str, str | None]]:
    """Return every choice (JSON text) that counts in a poll and its salt, None for an erased one.

    For the export, which sorts them: their order here is that of the members' ids.
    """
    return await _choices(db, guild_id, poll_id, "salt")


async def chain_of(db: Database, guild_id: int, poll_id: int) -> list[Entry]:
    """Return everything that was done with the ballots of a poll, the first entry first."""
    poll = await poll_with_id(db, guild_id, poll_id)
    if poll is None:
        return []
    rows = await fetch_all(
        db,
        "SELECT sequence, commitment, head, replaces FROM ballot_chain WHERE guild_id = ? AND poll_id = ? "
        "ORDER BY sequence",
        (guild_id, poll_id),
    )
    heads = [start(public_terms(poll)), *(row["head"] for row in rows)]
    return [
        Entry(row["sequence"], row["commitment"], previous, row["head"], row["replaces"])
        for row, previous in zip(rows, heads, strict=False)
    ]


async def activity_of(db: Database, guild_id: int, poll_id: int, now: datetime) -> PollActivity:
    """Return how many ballots a poll has, and how many of them moved lately."""
    [row] = await fetch_all(
        db,
        "SELECT count(*) + (SELECT CAST(total(times) AS INTEGER) FROM erased_choices "
        "WHERE guild_id = ?1 AND poll_id = ?2), count(*) FILTER (WHERE changed_at > ?3) "
        "FROM ballots WHERE guild_id = ?1 AND poll_id = ?2",
        (guild_id, poll_id, to_text(now - LATELY)),
    )
    return PollActivity(*row)


async def _choices(db: Database, guild_id: int, poll_id: int, column: str) -> list[tuple[str, Any]]:
    rows = await fetch_all(db, _CHOICES.format(column=column), (guild_id, poll_id))
    return [tuple(row) for row in rows]


def _ballot(row: Any) -> Ballot:
    moments = {name: from_text(row[name]) for name in ("cast_at", "changed_at")}
    return Ballot(**{**dict(row), **moments, "reason_named": bool(row["reason_named"])})
