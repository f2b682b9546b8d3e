"""What members say for a proposal, against it, and what they ask."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row
from typing import Literal

from storage.database import Database, execute, fetch_all, fetch_one, joined, transaction
from storage.moments import from_text, to_text
from storage.proposals.events import record_event
from storage.proposals.proposals import proposal_in


@dataclass(frozen=True)
class Argument:
    """One claim of a member about a proposal."""

    argument_id: int
    member_id: int
    side: Literal["for", "against", "question"]
    claim: str
    made_at: datetime
    hidden_reason: str | None  # hidden unless None

    @classmethod
    def from_row(cls, row: Row) -> "Argument":
        """Return what a row of `proposal_arguments` says."""
        return cls(
            argument_id=row["argument_id"],
            member_id=row["member_id"],
            side=row["side"],
            claim=row["claim"],
            made_at=from_text(row["made_at"]),
            hidden_reason=row["hidden_reason"],
        )


async def argue(
    db: Database,
    guild_id: int,
    number: int,
    member_id: int,
    side: Literal["for", "against", "question"],
    claim: str,
    now: datetime,
    *,
    stages: Collection[str],
) -> Argument:
    """Keep an argument about a proposal.

    Raises ValueError for a claim that this member has made about it already, for a hidden proposal and for
    one in none of these stages.
    """
    async with joined(db):
        proposal = await proposal_in(db, guild_id, number, stages=stages)
        rows = await fetch_all(
            db,
            "INSERT INTO proposal_arguments (proposal_id, guild_id, member_id, side, claim, made_at) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (proposal_id, member_id, claim) DO NOTHING "
            "RETURNING argument_id",
            (proposal.proposal_id, guild_id, member_id, side, claim, to_text(now)),
        )
        if not rows:
            raise ValueError(f"You have said exactly that about proposal #{number} already.")
        await execute(
            db,
            "UPDATE proposals SET changed_at = ? WHERE guild_id = ? AND number = ?",
            (to_text(now), guild_id, number),
        )
    return Argument(rows[0]["argument_id"], member_id, side, claim, now, None)


async def arguments_of(
    db: Database, guild_id: int, number: int, *, include_hidden: bool = False
) -> list[Argument]:
    """Return the arguments about a proposal, the first one first."""
    rows = await fetch_all(
        db,
        "SELECT a.argument_id, a.member_id, a.side, a.claim, a.made_at, a.hidden_reason "
        "FROM proposal_arguments a JOIN proposals p USING (guild_id, proposal_id) "
        "WHERE p.guild_id = ? AND p.number = ? AND (? OR a.hidden_reason IS NULL) ORDER BY a.argument_id",
        (guild_id, number, include_hidden),
    )
    return [Argument.from_row(row) for row in rows]


async def hide_argument(
    db: Database, guild_id: int, argument_id: int, member_id: int, reason: str, now: datetime
) -> bool:
    """Hide an argument for a reason; False if there is none in sight."""
    return await _turn_argument(db, guild_id, argument_id, member_id, reason, now, hidden=True)


async def unhide_argument(
    db: Database, guild_id: int, argument_id: int, member_id: int, reason: str, now: datetime
) -> bool:
    """Show a hidden argument again for a reason; False if there is none hidden."""
    return await _turn_argument(db, guild_id, argument_id, member_id, reason, now, hidden=False)


async def _turn_argument(
    db: Database,
    guild_id: int,
    argument_id: int,
    member_id: int,
    reason: str,
    now: datetime,
    *,
    hidden: bool,
) -> bool:
    async with transaction(db):
        row = await fetch_one(
            db,
            "UPDATE proposal_arguments SET hidden_reason = iif(?1, ?2, NULL) "
            "WHERE guild_id = ?3 AND argument_id = ?4 AND (hidden_reason IS NULL) = ?1 RETURNING proposal_id",
            (hidden, reason, guild_id, argument_id),
        )
        if row is None:
            return False
        kind = "argument_hidden" if hidden else "argument_unhidden"
        detail = f"{argument_id}: {reason}"
        await record_event(db, guild_id, row["proposal_id"], kind, now, detail=detail, actor=member_id)
        return True
