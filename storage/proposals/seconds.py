"""Who seconds a proposal, and takes that back."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from storage.database import Database, execute, joined
from storage.moments import to_text
from storage.proposals.proposals import StoredProposal, proposal_in


async def second(
    db: Database, guild_id: int, number: int, member_id: int, now: datetime, *, stages: Collection[str]
) -> tuple[StoredProposal, bool]:
    """Second a proposal as it reads now; the proposal after it, and whether that is new.

    Raises ValueError for one's own proposal, a hidden one, and one in none of these stages.
    """
    async with joined(db):
        proposal = await proposal_in(db, guild_id, number, stages=stages)
        if proposal.author == member_id:
            raise ValueError(f"Somebody else must second proposal #{number}: it is your own.")
        is_new = await execute(
            db,
            "INSERT INTO proposal_seconds (proposal_id, guild_id, member_id, revision, seconded_at) "
            "VALUES (?, ?, ?, ?, ?) ON CONFLICT (proposal_id, member_id) DO NOTHING",
            (proposal.proposal_id, guild_id, member_id, proposal.revision, to_text(now)),
        )
        if is_new:
            await execute(
                db,
                "UPDATE proposals SET changed_at = ? WHERE guild_id = ? AND number = ?",
                (to_text(now), guild_id, number),
            )
            proposal = replace(proposal, seconds=proposal.seconds + 1, changed_at=now)
        return proposal, bool(is_new)


async def unsecond(
    db: Database, guild_id: int, number: int, member_id: int, *, stages: Collection[str]
) -> bool:
    """Take one's seconding back, and say whether there was one; errors as in `second`."""
    async with joined(db):
        proposal = await proposal_in(db, guild_id, number, stages=stages)
        return bool(
            await execute(
                db,
                "DELETE FROM proposal_seconds WHERE guild_id = ? AND proposal_id = ? AND member_id = ?",
                (guild_id, proposal.proposal_id, member_id),
            )
        )
