"""What happened to a proposal, when, and by whom as long as that member lets it be known."""

from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row

from storage.database import Database, execute, fetch_all
from storage.moments import from_text, to_text


@dataclass(frozen=True)
class ProposalEvent:
    """One thing that happened; `detail` is the stage, revision, outcome, reason, or “argument: reason”."""

    event_id: int
    kind: str
    detail: str
    happened_at: datetime
    actor: int | None  # None: the clock, or a member who has deleted their data

    @classmethod
    def from_row(cls, row: Row) -> "ProposalEvent":
        """Return what a row of an event and its actor says."""
        return cls(
            event_id=row["event_id"],
            kind=row["kind"],
            detail=row["detail"],
            happened_at=from_text(row["happened_at"]),
            actor=row["actor"],
        )


async def record_event(
    db: Database,
    guild_id: int,
    proposal_id: int,
    kind: str,
    now: datetime,
    *,
    detail: str = "",
    actor: int | None = None,
) -> None:
    """Note an event inside the transaction that makes it happen."""
    [event] = await fetch_all(
        db,
        "INSERT INTO proposal_events (proposal_id, guild_id, kind, detail, happened_at) "
        "VALUES (?, ?, ?, ?, ?) RETURNING event_id",
        (proposal_id, guild_id, kind, detail, to_text(now)),
    )
    if actor is not None:
        await execute(
            db,
            "INSERT INTO event_actors (event_id, guild_id, member_id) VALUES (?, ?, ?)",
            (event["event_id"], guild_id, actor),
        )


async def events_of(db: Database, guild_id: int, number: int) -> list[ProposalEvent]:
    """Return what happened to a proposal, the first event first."""
    rows = await fetch_all(
        db,
        "SELECT e.event_id, e.kind, e.detail, e.happened_at, a.member_id AS actor "
        "FROM proposal_events e "
        "JOIN proposals p USING (guild_id, proposal_id) LEFT JOIN event_actors a USING (guild_id, event_id) "
        "WHERE p.guild_id = ? AND p.number = ? ORDER BY e.event_id",
        (guild_id, number),
    )
    return [ProposalEvent.from_row(row) for row in rows]
