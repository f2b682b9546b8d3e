"""What members typed into forms, kept until it is filed."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from storage.database import Database, execute, fetch_one, transaction
from storage.moments import to_text

KEPT_FOR = timedelta(days=7)
KEPT_PER_MEMBER = 20


async def keep_typed(
    db: Database, guild_id: int, member_id: int, form: str, typed: Mapping[str, Any], now: datetime
) -> None:
    """Keep what a member typed into a form, and drop their 21st and everyone's older than a week."""
    async with transaction(db):
        await execute(
            db,
            "INSERT INTO typed_forms (member_id, guild_id, form, typed, typed_at) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (member_id, guild_id, form) DO UPDATE SET typed = excluded.typed, "
            "typed_at = excluded.typed_at",
            (member_id, guild_id, form, json.dumps(dict(typed), ensure_ascii=False), to_text(now)),
        )
        await execute(
            db,
            "DELETE FROM typed_forms WHERE member_id = ?1 AND (guild_id, form) NOT IN (SELECT guild_id, form "
            "FROM typed_forms WHERE member_id = ?1 ORDER BY typed_at DESC, form LIMIT ?2)",
            (member_id, KEPT_PER_MEMBER),
        )
        await execute(db, "DELETE FROM typed_forms WHERE typed_at < ?", (to_text(now - KEPT_FOR),))


async def typed_into(db: Database, guild_id: int, member_id: int, form: str) -> dict[str, Any] | None:
    """What a member typed into a form and has not filed, by its fields; None for nothing."""
    row = await fetch_one(
        db,
        "SELECT typed FROM typed_forms WHERE member_id = ? AND guild_id = ? AND form = ?",
        (member_id, guild_id, form),
    )
    return None if row is None else json.loads(row["typed"])


async def drop_typed(db: Database, guild_id: int, member_id: int, form: str) -> None:
    """Forget what was typed into a form: it is filed."""
    async with transaction(db):
        await execute(
            db,
            "DELETE FROM typed_forms WHERE member_id = ? AND guild_id = ? AND form = ?",
            (member_id, guild_id, form),
        )
