"""What a revision of a proposal would have done, kept in a sentence beside it."""

from dataclasses import dataclass
from datetime import datetime

from storage.database import Database, write_alone
from storage.moments import to_text


@dataclass(frozen=True)
class Effect:
    """What a revision would have done to everyone, or why that can't be told."""

    sentence: str
    basis: str  # the numbers it was computed on; "" where it was not computed


async def keep_effect(
    db: Database, guild_id: int, proposal_id: int, revision: int, effect: Effect, now: datetime
) -> None:
    """Keep the effect of a revision in place of an earlier one."""
    await write_alone(
        db,
        "INSERT INTO proposal_effects (proposal_id, guild_id, revision, effect, basis, computed_at) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (proposal_id, revision) DO UPDATE "
        "SET effect = excluded.effect, basis = excluded.basis, computed_at = excluded.computed_at",
        (proposal_id, guild_id, revision, effect.sentence, effect.basis, to_text(now)),
    )
