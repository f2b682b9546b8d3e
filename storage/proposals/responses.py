"""What the team officially says to a proposal."""

from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row
from typing import Literal

from storage.database import Database, execute, fetch_all, joined
from storage.moments import from_text, to_text
from storage.proposals.events import record_event
from storage.proposals.proposals import proposal_in

Outcome = Literal["accepted", "partly", "rejected", "noted"]


@dataclass(frozen=True)
class Response:
    """One official answer."""

    response_id: int
    outcome: Outcome
    statement: str
    link: str | None
    responded_at: datetime
    actor: int | None  # None once that member has deleted their data

    @classmethod
    def from_row(cls, row: Row) -> "Response":
        """Return what a row of an answer and its actor says."""
        return cls(
            response_id=row["response_id"],
            outcome=row["outcome"],
            statement=row["statement"],
            link=row["link"],
            responded_at=from_text(row["responded_at"]),
            actor=row["actor"],
        )


async def respond(
    db: Database,
    guild_id: int,
    number: int,
    member_id: int,
    outcome: Outcome,
    statement: str,
    now: datetime,
    *,
    link: str | None = None,
) -> Response:
    """Put an answer on record beside the earlier ones; ValueError if there is no such proposal."""
    async with joined(db):
        proposal = await proposal_in(db, guild_id, number)
        [row] = await fetch_all(
            db,
            "INSERT INTO proposal_responses (proposal_id, guild_id, outcome, statement, link, responded_at) "
            "VALUES (?, ?, ?, ?, ?, ?) RETURNING response_id",
            (proposal.proposal_id, guild_id, outcome, statement, link, to_text(now)),
        )
        await execute(
            db,
            "INSERT INTO response_actors (response_id, guild_id, member_id) VALUES (?, ?, ?)",
            (row["response_id"], guild_id, member_id),
        )
        await record_event(
            db, guild_id, proposal.proposal_id, "responded", now, detail=outcome, actor=member_id
        )
    return Response(row["response_id"], outcome, statement, link, now, member_id)


async def responses_of(db: Database, guild_id: int, number: int) -> list[Response]:
    """Return the answers to a proposal, the first one first."""
    rows = await fetch_all(
        db,
        "SELECT r.response_id, r.outcome, r.statement, r.link, r.responded_at, a.member_id AS actor "
        "FROM proposal_responses r JOIN proposals p USING (guild_id, proposal_id) "
        "LEFT JOIN response_actors a USING (guild_id, response_id) "
        "WHERE p.guild_id = ? AND p.number = ? ORDER BY r.response_id",
        (guild_id, number),
    )
    return [Response.from_row(row) for row in rows]
