"""The ballots of a poll as they are now, and the chain of everything that was done with them."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from sqlite3 import Row

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

    @classmethod
    def from_row(cls, row: Row) -> "Ballot":
        """Return what a row of `_BALLOTS` says."""
        return cls(
            member_id=row["member_id"],
            choice=row["choice"],
            salt=row["salt"],
            sequence=row["sequence"],
            reason=row["reason"],
            reason_named=bool(row["reason_named"]),
            cast_at=from_text(row["cast_at"]),
            changed_at=from_text(row["changed_at"]),
            changes=row["changes"],
        )


@dataclass(frozen=True)
class PollActivity:
    """How many ballots are in force, and how many of them are new or changed in the last 24 hours."""

    ballots: int
    lately: int

    @classmethod
    def from_row(cls, row: Row) -> "PollActivity":
        """Return what a row with both counts says."""
        return cls(row["ballots"], row["lately"])


_BALLOTS = """
SELECT member_id, choice, salt, sequence, reason, reason_named, cast_at, changed_at, changes FROM ballots
WHERE guild_id = ? AND poll_id = ?
"""
_CHOICES = """
WITH RECURSIVE erased (choice, times) AS (
    SELECT choice, times FROM erased_choices WHERE guild_id = ?1 AND poll_id = ?2
    UNION ALL SELECT choice, times - 1 FROM erased WHERE times > 1
)
SELECT choice, {column} AS whose FROM ballots WHERE guild_id = ?1 AND poll_id = ?2
UNION ALL SELECT choice, NULL FROM erased
"""


async def ballot_of(db: Database, guild_id: int, poll_id: int, member_id: int) -> Ballot | None:
    """Return a member's ballot in a poll, or None."""
    row = await fetch_one(db, _BALLOTS + "AND member_id = ?", (guild_id, poll_id, member_id))
    return None if row is None else Ballot.from_row(row)


async def ballots_of(db: Database, guild_id: int, poll_id: int) -> list[Ballot]:
    """Return the ballots of a poll by member, without those that were erased."""
    rows = await fetch_all(db, _BALLOTS + "ORDER BY member_id", (guild_id, poll_id))
    return [Ballot.from_row(row) for row in rows]


async def choices_of(db: Database, guild_id: int, poll_id: int) -> list[tuple[str, int | None]]:
    """Return every choice (JSON text) that counts in a poll and its member, None for an erased one.

    Read the poll before: if its head is still the same at the close, these are what it stands for.
    """
    rows = await fetch_all(db, _CHOICES.format(column="member_id"), (guild_id, poll_id))
    return [(row["choice"], row["whose"]) for row in rows]


async def choices_with_salts(db: Database, guild_id: int, poll_id: int) -> list[tuple[str, str | None]]:
    """Return every choice (JSON text) that counts in a poll and its salt, None for an erased one.

    For the export, which sorts them: their order here is that of the members' ids.
    """
    rows = await fetch_all(db, _CHOICES.format(column="salt"), (guild_id, poll_id))
    return [(row["choice"], row["whose"]) for row in rows]


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
        "WHERE guild_id = ?1 AND poll_id = ?2) AS ballots, count(*) FILTER (WHERE changed_at > ?3) AS lately "
        "FROM ballots WHERE guild_id = ?1 AND poll_id = ?2",
        (guild_id, poll_id, to_text(now - LATELY)),
    )
    return PollActivity.from_row(row)


async def counts_of(db: Database, guild_id: int, poll_ids: Collection[int]) -> dict[int, int]:
    """Return how many ballots are in force in each of these polls."""
    rows = await fetch_all(
        db,
        "SELECT p.poll_id, (SELECT count(*) FROM ballots b WHERE b.guild_id = p.guild_id "
        "AND b.poll_id = p.poll_id) + (SELECT CAST(total(e.times) AS INTEGER) FROM erased_choices e "
        "WHERE e.guild_id = p.guild_id AND e.poll_id = p.poll_id) AS ballots "
        "FROM polls p WHERE p.guild_id = ? AND p.poll_id IN (SELECT value FROM json_each(?))",
        (guild_id, json.dumps(list(poll_ids))),
    )
    return {row["poll_id"]: row["ballots"] for row in rows}


async def voted_in(db: Database, guild_id: int, member_id: int) -> frozenset[int]:
    """Return the ids of a server's polls in which a member has a ballot."""
    rows = await fetch_all(
        db, "SELECT poll_id FROM ballots WHERE guild_id = ? AND member_id = ?", (guild_id, member_id)
    )
    return frozenset(row["poll_id"] for row in rows)


async def changed_between(
    db: Database, guild_id: int, since: datetime, until: datetime
) -> list[tuple[int, int, datetime]]:
    """Return (poll_id, proposal_id, moment) of ballots about proposals whose last change is in the period.

    The newest poll is first. A cancelled poll tells nothing.
    """
    rows = await fetch_all(
        db,
        "SELECT b.poll_id, p.proposal_id, b.changed_at FROM ballots b JOIN polls p USING (guild_id, poll_id) "
        "WHERE b.guild_id = ? AND p.proposal_id IS NOT NULL AND p.state <> 'cancelled' AND b.changes > 0 "
        "AND b.changed_at > ? AND b.changed_at <= ? ORDER BY p.number DESC, b.changed_at",
        (guild_id, to_text(since), to_text(until)),
    )
    return [(row["poll_id"], row["proposal_id"], from_text(row["changed_at"])) for row in rows]
