"""What was promised or asked in public, what became of it, and what proposals add to that by themselves."""

from dataclasses import dataclass
from datetime import date, datetime
from sqlite3 import Row
from typing import Literal

from storage.database import Database, execute, fetch_all, fetch_one, transaction
from storage.moments import from_text, to_text

Kind = Literal["promise", "question"]
Resolution = Literal["kept", "broken", "withdrawn", "answered"]


@dataclass(frozen=True)
class NewPromise:
    """What somebody said in public, to be put on record."""

    kind: Kind
    what: str
    speaker: str  # a role or an organisation; of a question, whom it was put to
    link: str
    said_on: date
    due_on: date | None


@dataclass(frozen=True)
class StoredPromise:
    """A promise or a question on record; open while `resolution` is None."""

    number: int  # from 1 in each server
    kind: Kind
    what: str
    speaker: str
    link: str
    said_on: date
    due_on: date | None
    resolution: Resolution | None
    resolved_on: date | None
    note: str | None
    resolved_link: str | None

    @classmethod
    def from_row(cls, row: Row) -> "StoredPromise":
        """Return what a row of `_PROMISES` says."""
        return cls(
            number=row["number"],
            kind=row["kind"],
            what=row["what"],
            speaker=row["speaker"],
            link=row["link"],
            said_on=date.fromisoformat(row["said_on"]),
            due_on=None if row["due_on"] is None else date.fromisoformat(row["due_on"]),
            resolution=row["resolution"],
            resolved_on=None if row["resolved_on"] is None else date.fromisoformat(row["resolved_on"]),
            note=row["note"],
            resolved_link=row["resolved_link"],
        )


@dataclass(frozen=True)
class ProposalPlace:
    """The proposal that something stands in, and where its card is."""

    number: int
    title: str
    stage: str
    channel: int | None
    message: int | None

    @classmethod
    def from_row(cls, row: Row) -> "ProposalPlace":
        """Return where a row of `_REVIEWS` or `_UNANSWERED` says that it stands."""
        return cls(row["number"], row["title"], row["stage"], row["channel"], row["message"])


@dataclass(frozen=True)
class Review:
    """The date on which a proposal says that it is to be reviewed."""

    place: ProposalPlace
    review_on: date
    closed_at: datetime | None  # None while the proposal is open
    reviewed: bool  # whether it came to its review before it was closed

    @classmethod
    def from_row(cls, row: Row) -> "Review":
        """Return what a row of `_REVIEWS` says."""
        return cls(
            place=ProposalPlace.from_row(row),
            review_on=date.fromisoformat(row["review_on"]),
            closed_at=from_text(row["stage_since"]) if row["stage"] == "closed" else None,
            reviewed=bool(row["reviewed"]),
        )


@dataclass(frozen=True)
class Asked:
    """A question about a proposal after which the team has not answered to it."""

    place: ProposalPlace
    claim: str
    asked_at: datetime

    @classmethod
    def from_row(cls, row: Row) -> "Asked":
        """Return what a row of `_UNANSWERED` says."""
        return cls(ProposalPlace.from_row(row), row["claim"], from_text(row["made_at"]))


_PROMISES = """
SELECT number, kind, what, speaker, link, said_on, due_on, resolution, resolved_on, note, resolved_link
FROM promises
"""
# where a proposal is or has ended well; what is hidden promises nothing
_REVIEWS = """
SELECT p.number, p.title, p.stage, ifnull(p.thread, p.channel) AS channel, p.message, p.stage_since,
    json_extract(r.content, '$.parameters.review_on') AS review_on,
    EXISTS (SELECT 1 FROM proposal_events e
            WHERE e.proposal_id = p.proposal_id AND e.kind = 'advanced' AND e.detail = 'review') AS reviewed
FROM proposals p JOIN proposal_revisions r USING (guild_id, proposal_id, revision)
WHERE p.guild_id = ? AND p.hidden_reason IS NULL AND (p.open OR p.stage = 'closed')
    AND review_on IS NOT NULL
ORDER BY p.number
"""
_UNANSWERED = """
SELECT p.number, p.title, p.stage, ifnull(p.thread, p.channel) AS channel, p.message, a.claim, a.made_at
FROM proposals p JOIN proposal_arguments a USING (guild_id, proposal_id)
WHERE p.guild_id = ? AND p.hidden_reason IS NULL AND (p.open OR p.stage = 'closed')
    AND a.side = 'question' AND a.hidden_reason IS NULL
    AND NOT EXISTS (SELECT 1 FROM proposal_responses q
                    WHERE q.proposal_id = p.proposal_id AND q.responded_at >= a.made_at)
ORDER BY a.argument_id
"""


async def add_promise(
    db: Database, guild_id: int, member_id: int, said: NewPromise, now: datetime
) -> StoredPromise:
    """Put it on record as the server's next number. Raises ValueError if it is on record already."""
    async with transaction(db):
        there = await fetch_one(
            db,
            "SELECT number FROM promises WHERE guild_id = ? AND kind = ? AND what = ? AND link = ?",
            (guild_id, said.kind, said.what, said.link),
        )
        if there is not None:
            raise ValueError(f"That is on record already, as #{there['number']}.")
        [row] = await fetch_all(
            db,
            "INSERT INTO promises (guild_id, number, kind, what, speaker, link, said_on, due_on) "
            "SELECT ?1, ifnull(max(number), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7 FROM promises WHERE guild_id = ?1 "
            "RETURNING promise_id, number",
            (
                guild_id,
                said.kind,
                said.what,
                said.speaker,
                said.link,
                said.said_on.isoformat(),
                None if said.due_on is None else said.due_on.isoformat(),
            ),
        )
        await _record_step(db, guild_id, row["promise_id"], "added", "", member_id, now)
        return await promise_of(db, guild_id, row["number"])


async def promises_of(db: Database, guild_id: int) -> list[StoredPromise]:
    """Return what is on record on a server, settled or not, the first one first."""
    rows = await fetch_all(db, _PROMISES + "WHERE guild_id = ? ORDER BY number", (guild_id,))
    return [StoredPromise.from_row(row) for row in rows]


async def promise_of(db: Database, guild_id: int, number: int) -> StoredPromise:
    """Return one of them. Raises ValueError if there is none of that number."""
    row = await fetch_one(db, _PROMISES + "WHERE guild_id = ? AND number = ?", (guild_id, number))
    if row is None:
        raise ValueError(f"There is no promise or question #{number} on record on this server.")
    return StoredPromise.from_row(row)


async def settle_promise(
    db: Database,
    guild_id: int,
    number: int,
    member_id: int,
    resolution: Resolution,
    on: date,
    note: str,
    link: str | None,
    now: datetime,
) -> StoredPromise:
    """Settle a promise, or settle it otherwise than before; what was said before stays among its steps.

    Raises ValueError if there is none of that number.
    """
    async with transaction(db):
        await promise_of(db, guild_id, number)
        [row] = await fetch_all(
            db,
            "UPDATE promises SET resolution = ?, resolved_on = ?, note = ?, resolved_link = ? "
            "WHERE guild_id = ? AND number = ? RETURNING promise_id",
            (resolution, on.isoformat(), note, link, guild_id, number),
        )
        await _record_step(db, guild_id, row["promise_id"], resolution, note, member_id, now)
        return await promise_of(db, guild_id, number)


async def reviews_of(db: Database, guild_id: int) -> list[Review]:
    """Return the review dates in a server's proposals that are open or closed, by number."""
    rows = await fetch_all(db, _REVIEWS, (guild_id,))
    return [Review.from_row(row) for row in rows]


async def unanswered_questions(db: Database, guild_id: int) -> list[Asked]:
    """Return the questions about a server's proposals that no official answer has followed, in order."""
    rows = await fetch_all(db, _UNANSWERED, (guild_id,))
    return [Asked.from_row(row) for row in rows]


async def _record_step(
    db: Database, guild_id: int, promise_id: int, kind: str, note: str, member_id: int, now: datetime
) -> None:
    [step] = await fetch_all(
        db,
        "INSERT INTO promise_steps (promise_id, guild_id, kind, note, happened_at) VALUES (?, ?, ?, ?, ?) "
        "RETURNING step_id",
        (promise_id, guild_id, kind, note, to_text(now)),
    )
    await execute(
        db,
        "INSERT INTO promise_step_actors (step_id, guild_id, member_id) VALUES (?, ?, ?)",
        (step["step_id"], guild_id, member_id),
    )
