"""Casting a ballot, changing it, taking it back and erasing it, with no trace of their order."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from sqlite3 import Connection, Row

from governance.commitments import canonical, commit_text, new_salt
from storage.database import Database, at_once, execute, fetch_all
from storage.group_commit import together
from storage.moments import from_text, to_text
from storage.polls.drafts import drop_draft
from storage.polls.polls import hidden_words


@dataclass(frozen=True)
class CastBallot:
    """A ballot in force, of which its voter keeps a receipt."""

    choice: str = field(repr=False)  # canonical JSON text
    salt: str = field(repr=False)

    @property
    def commitment(self) -> str:
        """What the published list has of it, 64 hex digits."""
        return commit_text(self.choice, self.salt)


# the poll, and the member's ballot in force
_BOX = """
SELECT p.number, p.state, p.hidden_reason, p.opens_at, p.closes_at, p.closed_at, b.choice, b.salt
FROM polls p LEFT JOIN ballots b ON b.poll_id = p.poll_id AND b.member_id = ?
WHERE p.guild_id = ? AND p.poll_id = ?
"""
# a count that was made before is not true any more
_NOTE_WRITE = "UPDATE polls SET writes = writes + 1 WHERE guild_id = ? AND poll_id = ?"


async def cast(
    db: Database,
    guild_id: int,
    poll_id: int,
    member_id: int,
    choice: str,
    now: datetime,
    *,
    salt: str | None = None,
) -> CastBallot:
    """Cast a member's ballot (JSON text), or change it.

    The choice that the member has made already keeps its salt, and so its receipt, since Discord may deliver
    a press twice; a reason stays with the member. Ballots that wait together are written together; each is on
    the disk when this returns. salt: by chance unless given. Raises ValueError before a poll opens, from the
    moment it closes, and for a choice that is not JSON. Whether this member may vote, and whether the choice
    can be counted, is the caller's to check.
    """
    choice, salt = canonical(json.loads(choice)), new_salt() if salt is None else salt
    cast_now = CastBallot(choice, salt)
    assert cast_now.commitment  # refuses what is no salt before anything is written

    cast_at = to_text(now)

    def write(connection: Connection) -> CastBallot:
        box = _box(connection, guild_id, poll_id, member_id)
        _check_open(box, now)
        drop_draft(connection, guild_id, poll_id, member_id)
        if box["choice"] == choice:
            return CastBallot(choice, box["salt"])
        connection.execute(
            "INSERT INTO ballots (poll_id, guild_id, member_id, choice, salt, reason, reason_named, cast_at, "
            "changed_at) VALUES (?1, ?2, ?3, ?4, ?5, '', 0, ?6, ?6) "
            "ON CONFLICT (poll_id, member_id) DO UPDATE SET choice = excluded.choice, salt = excluded.salt, "
            "changed_at = excluded.changed_at, changes = changes + 1",
            (poll_id, guild_id, member_id, choice, salt, cast_at),
        )
        connection.execute(_NOTE_WRITE, (guild_id, poll_id))
        return cast_now

    return await together(db, write)


async def withdraw_ballot(db: Database, guild_id: int, poll_id: int, member_id: int, now: datetime) -> bool:
    """Take a member's ballot back, and say whether there was one.

    Raises ValueError before a poll opens and from the moment it closes.
    """

    def write(connection: Connection) -> bool:
        _check_open(_box(connection, guild_id, poll_id, member_id), now)
        gone = connection.execute(
            "DELETE FROM ballots WHERE guild_id = ? AND poll_id = ? AND member_id = ?",
            (guild_id, poll_id, member_id),
        ).rowcount
        if gone:
            connection.execute(_NOTE_WRITE, (guild_id, poll_id))
            drop_draft(connection, guild_id, poll_id, member_id)
        return bool(gone)

    return await at_once(db, write)


async def keep_reason(
    db: Database, guild_id: int, poll_id: int, member_id: int, reason: str, named: bool, now: datetime
) -> bool:
    """Keep why a member voted as they did, and say whether they have voted.

    Raises ValueError before a poll opens and from the moment it closes.
    """

    def write(connection: Connection) -> bool:
        _check_open(_box(connection, guild_id, poll_id, member_id), now)
        kept = connection.execute(
            "UPDATE ballots SET reason = ?, reason_named = ? "
            "WHERE guild_id = ? AND poll_id = ? AND member_id = ?",
            (reason, named, guild_id, poll_id, member_id),
        )
        return bool(kept.rowcount)

    return await at_once(db, write)


async def unname_ballots(db: Database, member_id: int) -> None:
    """Prepare the deletion of a member's ballots, inside its transaction.

    In open polls they are taken back. In closed ones the choice still counts, without member and salt, and
    the commitment stays in the list. Cancelled ones count none.
    """
    cast_by = await fetch_all(
        db,
        "SELECT b.guild_id, b.poll_id, b.choice, b.salt, p.state FROM ballots b "
        "JOIN polls p USING (guild_id, poll_id) WHERE b.member_id = ?",
        (member_id,),
    )
    for row in cast_by:
        guild_id, poll_id, choice = row["guild_id"], row["poll_id"], row["choice"]
        if row["state"] == "open":
            await execute(db, _NOTE_WRITE, (guild_id, poll_id))
        elif row["state"] == "closed":
            await execute(
                db,
                "INSERT INTO erased_choices (poll_id, guild_id, choice) VALUES (?, ?, ?) "
                "ON CONFLICT (poll_id, choice) DO UPDATE SET times = times + 1",
                (poll_id, guild_id, choice),
            )
            await execute(
                db,
                "INSERT INTO erased_commitments (poll_id, guild_id, commitment) VALUES (?, ?, ?)",
                (poll_id, guild_id, commit_text(choice, row["salt"])),
            )


def _box(connection: Connection, guild_id: int, poll_id: int, member_id: int) -> Row:
    box: Row | None = connection.execute(_BOX, (member_id, guild_id, poll_id)).fetchone()
    if box is None:
        raise ValueError("There is no such poll on this server.")
    return box


def _check_open(box: Row, now: datetime) -> None:
    opens_at, closes_at = from_text(box["opens_at"]), from_text(box["closes_at"])
    if box["hidden_reason"] is not None:
        raise ValueError(hidden_words(box["number"], box["hidden_reason"]))
    if box["state"] == "cancelled":
        raise ValueError(f"Poll #{box['number']} was cancelled.")
    if box["state"] == "closed":
        closes_at = min(closes_at, from_text(box["closed_at"]))
    if box["state"] == "closed" or now >= closes_at:
        raise ValueError(f"Poll #{box['number']} closed at {closes_at:%Y-%m-%d %H:%M} UTC.")
    if now < opens_at:
        raise ValueError(f"Poll #{box['number']} opens at {opens_at:%Y-%m-%d %H:%M} UTC.")
