"""Casting a ballot, changing it, taking it back and erasing it, each with its entry in the chain."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from sqlite3 import Row

from governance.chain import Entry, append, canonical, commit, new_salt
from storage.database import Database, execute, fetch_all, fetch_one, transaction
from storage.group_commit import together
from storage.moments import from_text, to_text
from storage.polls.drafts import drop_draft


@dataclass(frozen=True)
class CastBallot:
    """What a voter keeps of a ballot: with it they find theirs among those that were counted."""

    sequence: int
    commitment: str
    salt: str = field(repr=False)
    head: str  # right after it
    replaced: bool  # an earlier ballot of theirs

    @classmethod
    def from_row(cls, row: Row) -> "CastBallot":
        """Return what a row of a ballot and its entry in the chain says."""
        return cls(
            sequence=row["sequence"],
            commitment=row["commitment"],
            salt=row["salt"],
            head=row["head"],
            replaced=bool(row["replaced"]),
        )


# the poll, the newest entry of its chain, and the member's ballot in force
_BOX = """
SELECT p.number, p.state, p.opens_at, p.closes_at, p.closed_at, p.head, c.sequence AS newest, c.appended_at,
    b.sequence, b.choice, b.reason, b.reason_named
FROM polls p
LEFT JOIN ballot_chain c ON c.poll_id = p.poll_id
    AND c.sequence = (SELECT max(sequence) FROM ballot_chain WHERE poll_id = p.poll_id)
LEFT JOIN ballots b ON b.poll_id = p.poll_id AND b.member_id = ?
WHERE p.guild_id = ? AND p.poll_id = ?
"""


async def cast(
    db: Database,
    guild_id: int,
    poll_id: int,
    member_id: int,
    choice: str,
    now: datetime,
    *,
    salt: str | None = None,
    reason: str | None = "",
    reason_named: bool = False,
) -> CastBallot:
    """Cast a member's ballot (JSON text), or change it.

    The choice that the member has made already adds nothing to the chain and gets the receipt it has, since
    Discord may deliver a press twice; its reason may change. Ballots that wait together are written
    together; each is on the disk when this returns. reason: None keeps the earlier one. salt: by chance
    unless given. Raises ValueError
    before a poll opens, from the moment it closes, and for a choice that is not JSON. Whether this member may
    vote, and whether the choice can be counted, is the caller's to check.
    """
    said = json.loads(choice)
    choice, salt = canonical(said), new_salt() if salt is None else salt
    commitment = commit(said, salt)

    async def write() -> CastBallot:
        box = await _box(db, guild_id, poll_id, member_id)
        _check_open(box, now)
        why, named = (
            (box["reason"] or "", bool(box["reason_named"])) if reason is None else (reason, reason_named)
        )
        if box["choice"] == choice:
            await execute(
                db,
                "UPDATE ballots SET reason = ?, reason_named = ? "
                "WHERE guild_id = ? AND poll_id = ? AND member_id = ?",
                (why, named, guild_id, poll_id, member_id),
            )
            await drop_draft(db, guild_id, poll_id, member_id)
            receipt = await receipt_of(db, guild_id, poll_id, member_id)
            assert receipt is not None
            return receipt
        time = _not_before(box["appended_at"], now)
        entry = await _append(db, guild_id, poll_id, box, commitment, time)
        await execute(
            db,
            "INSERT INTO ballots (poll_id, guild_id, member_id, choice, salt, sequence, reason, "
            "reason_named, cast_at, changed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9) "
            "ON CONFLICT (poll_id, member_id) DO UPDATE SET choice = excluded.choice, salt = excluded.salt, "
            "sequence = excluded.sequence, reason = excluded.reason, reason_named = excluded.reason_named, "
            "changed_at = excluded.changed_at, changes = changes + 1",
            (poll_id, guild_id, member_id, choice, salt, entry.sequence, why, named, time),
        )
        await drop_draft(db, guild_id, poll_id, member_id)
        return CastBallot(entry.sequence, commitment, salt, entry.head, entry.replaces is not None)

    return await together(db, write)


async def withdraw_ballot(
    db: Database, guild_id: int, poll_id: int, member_id: int, now: datetime
) -> Entry | None:
    """Take a member's ballot back, and return the entry that says so; None if there is no ballot.

    Raises ValueError before a poll opens and from the moment it closes.
    """
    async with transaction(db):
        box = await _box(db, guild_id, poll_id, member_id)
        _check_open(box, now)
        if box["sequence"] is None:
            return None
        entry = await _append(db, guild_id, poll_id, box, None, _not_before(box["appended_at"], now))
        await execute(
            db,
            "DELETE FROM ballots WHERE guild_id = ? AND poll_id = ? AND member_id = ?",
            (guild_id, poll_id, member_id),
        )
        return entry


async def receipt_of(db: Database, guild_id: int, poll_id: int, member_id: int) -> CastBallot | None:
    """Return the receipt of a member's ballot in force, or None."""
    row = await fetch_one(
        db,
        "SELECT b.sequence, c.commitment, b.salt, c.head, c.replaces IS NOT NULL AS replaced FROM ballots b "
        "JOIN ballot_chain c USING (guild_id, poll_id, sequence) "
        "WHERE b.guild_id = ? AND b.poll_id = ? AND b.member_id = ?",
        (guild_id, poll_id, member_id),
    )
    return None if row is None else CastBallot.from_row(row)


async def unname_ballots(db: Database, member_id: int) -> None:
    """Prepare the deletion of a member's ballots, inside its transaction.

    In open polls they are taken back, at the time of the entry before, so that the chain does not tell when
    somebody left. In closed ones the choice still counts, without member and salt. Cancelled ones count none.
    """
    await execute(
        db,
        "INSERT INTO erased_choices (poll_id, guild_id, choice) SELECT b.poll_id, b.guild_id, b.choice "
        "FROM ballots b JOIN polls p USING (guild_id, poll_id) WHERE b.member_id = ? AND p.state = 'closed' "
        "ON CONFLICT (poll_id, choice) DO UPDATE SET times = times + 1",
        (member_id,),
    )
    still_open = await fetch_all(
        db,
        "SELECT guild_id, poll_id FROM ballots JOIN polls USING (guild_id, poll_id) "
        "WHERE member_id = ? AND state = 'open' ORDER BY poll_id",
        (member_id,),
    )
    for row in still_open:
        guild_id, poll_id = row["guild_id"], row["poll_id"]
        box = await _box(db, guild_id, poll_id, member_id)
        await _append(db, guild_id, poll_id, box, None, box["appended_at"])


async def _box(db: Database, guild_id: int, poll_id: int, member_id: int) -> Row:
    box = await fetch_one(db, _BOX, (member_id, guild_id, poll_id))
    if box is None:
        raise ValueError("There is no such poll on this server.")
    return box


def _check_open(box: Row, now: datetime) -> None:
    opens_at, closes_at = from_text(box["opens_at"]), from_text(box["closes_at"])
    if box["state"] == "cancelled":
        raise ValueError(f"Poll #{box['number']} was cancelled.")
    if box["state"] == "closed":
        closes_at = min(closes_at, from_text(box["closed_at"]))
    if box["state"] == "closed" or now >= closes_at:
        raise ValueError(f"Poll #{box['number']} closed at {closes_at:%Y-%m-%d %H:%M} UTC.")
    if now < opens_at:
        raise ValueError(f"Poll #{box['number']} opens at {opens_at:%Y-%m-%d %H:%M} UTC.")


def _not_before(newest: str | None, now: datetime) -> str:
    # a clock that was set back must not make the chain look reordered
    return max(newest or "", to_text(now))


async def _append(
    db: Database, guild_id: int, poll_id: int, box: Row, commitment: str | None, time: str
) -> Entry:
    """Add what happened to the ballot of a box (commitment None: it was taken back) to the chain."""
    previous, replaces = box["head"], box["sequence"]
    head = append(previous, commitment, replaces=replaces)
    entry = Entry((box["newest"] or 0) + 1, commitment, previous, head, replaces)
    await execute(
        db,
        "INSERT INTO ballot_chain (poll_id, guild_id, sequence, commitment, replaces, head, appended_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (poll_id, guild_id, entry.sequence, commitment, replaces, head, time),
    )
    await execute(
        db, "UPDATE polls SET head = ? WHERE guild_id = ? AND poll_id = ?", (head, guild_id, poll_id)
    )
    return entry
