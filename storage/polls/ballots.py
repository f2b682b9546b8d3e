"""The ballots of a poll as they are now."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from sqlite3 import Row
from typing import Any, NamedTuple

from storage.database import Database, fetch_all, fetch_made, fetch_one, write_alone
from storage.moments import from_text, to_text


@dataclass(frozen=True)
class Ballot:
    """One member's ballot in force."""

    member_id: int
    choice: str = field(repr=False)  # canonical JSON text
    salt: str = field(repr=False)
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
            reason=row["reason"],
            reason_named=bool(row["reason_named"]),
            cast_at=from_text(row["cast_at"]),
            changed_at=from_text(row["changed_at"]),
            changes=row["changes"],
        )


class CountedChoice(NamedTuple):
    """A choice that counts, whose it is, and its salt; both None for one that was erased.

    A tuple, as there are thousands of them in a poll and a tuple is made in a tenth of the time.
    """

    choice: str  # canonical JSON text
    member_id: int | None
    salt: str | None

    def __repr__(self) -> str:
        """Whose it is, and nothing that must not stand in a log."""
        return f"CountedChoice(member_id={self.member_id})"


# CountedChoice._make without its Python, which takes half as long as SQLite does
_counted: Callable[[Any], CountedChoice] = partial(tuple[Any, ...].__new__, CountedChoice)
_BALLOTS = """
SELECT member_id, choice, salt, reason, reason_named, cast_at, changed_at, changes FROM ballots
WHERE guild_id = ? AND poll_id = ?
"""
_CHOICES = """
WITH RECURSIVE erased (choice, times) AS (
    SELECT choice, times FROM erased_choices WHERE guild_id = ?1 AND poll_id = ?2
    UNION ALL SELECT choice, times - 1 FROM erased WHERE times > 1
)
SELECT choice, member_id, salt FROM ballots WHERE guild_id = ?1 AND poll_id = ?2
UNION ALL SELECT choice, NULL, NULL FROM erased
"""


async def ballot_of(db: Database, guild_id: int, poll_id: int, member_id: int) -> Ballot | None:
    """Return a member's ballot in a poll, or None."""
    row = await fetch_one(db, _BALLOTS + "AND member_id = ?", (guild_id, poll_id, member_id))
    return None if row is None else Ballot.from_row(row)


async def ballots_of(db: Database, guild_id: int, poll_id: int) -> list[Ballot]:
    """Return the ballots of a poll by member, without those that were erased."""
    rows = await fetch_all(db, _BALLOTS + "ORDER BY member_id", (guild_id, poll_id))
    return [Ballot.from_row(row) for row in rows]


async def choices_of(db: Database, guild_id: int, poll_id: int) -> list[CountedChoice]:
    """Return every choice that counts in a poll, in no order that may be shown.

    Read the poll before: if its `writes` are still the same at the close, these are what it counts.
    """
    return await fetch_made(db, _counted, _CHOICES, (guild_id, poll_id))


async def erased_commitments(db: Database, guild_id: int, poll_id: int) -> list[str]:
    """Return the commitments of the ballots that count and were erased, sorted."""
    rows = await fetch_all(
        db,
        "SELECT commitment FROM erased_commitments WHERE guild_id = ? AND poll_id = ? ORDER BY commitment",
        (guild_id, poll_id),
    )
    return [row["commitment"] for row in rows]


async def to_tell(db: Database, mark: datetime) -> bool:
    """Whether there are open polls whose ballots were not told at this mark."""
    row = await fetch_one(
        db,
        "SELECT 1 FROM polls WHERE state = 'open' AND (told_at IS NULL OR told_at < ?) LIMIT 1",
        (to_text(mark),),
    )
    return row is not None


async def tell_counts(db: Database, mark: datetime) -> None:
    """Let everybody know how many ballots each open poll has, once for a mark.

    At no other moment, so that a number that changes says nothing of when somebody voted.
    """
    await write_alone(
        db,
        "UPDATE polls SET told_at = ?1, "
        "told = (SELECT count(*) FROM ballots b WHERE b.poll_id = polls.poll_id) "
        "WHERE state = 'open' AND (told_at IS NULL OR told_at < ?1)",
        (to_text(mark),),
    )


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
