"""What members want to be warned of by direct message, and what was found when it was last looked for."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from sqlite3 import Row
from typing import Any

from storage.database import Database, execute, fetch_all, fetch_one, transaction
from storage.moments import from_text, to_text


@dataclass(frozen=True)
class WantedWarnings:
    """The wish of one member.

    kinds: by name. bound: in percent of the stake in a round. told: by kind, what was found last; due_at: not
    to be looked at before. guild_id: the server it was wished in, whose promises are meant.
    """

    member_id: int
    guild_id: int
    kinds: tuple[str, ...]
    bound: float
    told: Mapping[str, Any] = field(hash=False)
    due_at: datetime

    @classmethod
    def from_row(cls, row: Row) -> "WantedWarnings":
        """Return what a row of `member_warnings` says."""
        return cls(
            row["member_id"],
            row["guild_id"],
            tuple(json.loads(row["kinds"])),
            row["bound"],
            json.loads(row["told"]),
            from_text(row["due_at"]),
        )


_COLUMNS = "member_id, guild_id, kinds, bound, told, due_at"


async def warnings_of(db: Database, member_id: int) -> WantedWarnings | None:
    """Return what a member wants to be warned of, or None."""
    row = await fetch_one(
        db,
        f"SELECT {_COLUMNS} FROM member_warnings WHERE member_id = ?",  # noqa: S608 - our own columns
        (member_id,),
    )
    return None if row is None else WantedWarnings.from_row(row)


async def want_warnings(
    db: Database, guild_id: int, member_id: int, kinds: Sequence[str], bound: float, now: datetime
) -> None:
    """Warn a member of these from now on, on behalf of this server; what was told already stays told."""
    async with transaction(db):
        await execute(
            db,
            "INSERT INTO member_warnings (member_id, guild_id, kinds, bound, told, due_at) "
            "VALUES (?, ?, ?, ?, '{}', ?) ON CONFLICT (member_id) DO UPDATE SET "
            "guild_id = excluded.guild_id, kinds = excluded.kinds, bound = excluded.bound",
            (member_id, guild_id, json.dumps(list(kinds)), bound, to_text(now)),
        )


async def stop_warnings(db: Database, member_id: int) -> bool:
    """Warn a member of nothing any more; whether there was anything."""
    async with transaction(db):
        return await execute(db, "DELETE FROM member_warnings WHERE member_id = ?", (member_id,)) > 0


async def due_warnings(db: Database, now: datetime) -> list[WantedWarnings]:
    """Return who is to be looked after by now on all servers, the longest due first."""
    rows = await fetch_all(
        db,
        f"SELECT {_COLUMNS} FROM member_warnings WHERE due_at <= ? "  # noqa: S608 - our own columns
        "ORDER BY due_at, member_id",
        (to_text(now),),
    )
    return [WantedWarnings.from_row(row) for row in rows]


async def looked_after(
    db: Database, wanted: WantedWarnings, told: Mapping[str, Any], due_at: datetime
) -> None:
    """Keep what was found, and when to look again; nothing where the member has turned it off since."""
    async with transaction(db):
        await execute(
            db,
            "UPDATE member_warnings SET told = ?, due_at = ? WHERE guild_id = ? AND member_id = ?",
            (json.dumps(told), to_text(due_at), wanted.guild_id, wanted.member_id),
        )
