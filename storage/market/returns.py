"""The fund's monthly returns that a server loaded."""

from collections.abc import Mapping
from datetime import datetime

from storage.database import Database, execute, fetch_all, transaction
from storage.moments import to_text


async def returns_of(db: Database, guild_id: int) -> dict[str, float]:
    """Return a server's returns in percent by month like "2031-01", oldest first; empty where none are."""
    rows = await fetch_all(
        db, "SELECT month, percent FROM fund_returns WHERE guild_id = ? ORDER BY month", (guild_id,)
    )
    return {row["month"]: row["percent"] for row in rows}


async def replace_returns(db: Database, guild_id: int, returns: Mapping[str, float], now: datetime) -> int:
    """Keep these returns in place of all that the server had, and return how many those were.

    None at all: what there was is deleted. The table refuses a month or a number that can't be one.
    """
    async with transaction(db):
        before = await execute(db, "DELETE FROM fund_returns WHERE guild_id = ?", (guild_id,))
        for month, percent in returns.items():
            await execute(
                db,
                "INSERT INTO fund_returns (guild_id, month, percent, loaded_at) VALUES (?, ?, ?, ?)",
                (guild_id, month, percent, to_text(now)),
            )
    return before
