"""What members were told is kept for a while only goes when that is over, whether anybody asks or not."""

from datetime import datetime

from storage.database import Database, execute, transaction
from storage.members import questions, typed
from storage.moments import to_text
from storage.server import troubles


async def drop_what_is_over(db: Database, now: datetime) -> int:
    """Remove what was kept for as long as was promised, and return how many rows that were."""
    async with transaction(db):
        return sum(
            [
                await execute(db, f"DELETE FROM {table} WHERE {column} < ?", (to_text(before),))  # noqa: S608
                for table, column, before in (
                    ("asked_questions", "asked_at", now - questions.KEPT_FOR),
                    ("typed_forms", "typed_at", now - typed.KEPT_FOR),
                    ("verification_codes", "expires_at", now),
                    ("told_troubles", "told_at", now - troubles.TOLD_AGAIN),
                )
            ]
        )
