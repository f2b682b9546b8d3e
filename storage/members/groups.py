"""Names that a member keeps under a name of their own."""

import json
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row

from storage.database import Database, execute, fetch_all, fetch_one, transaction
from storage.moments import from_text, to_text

MOST_GROUPS = 20  # of a member


@dataclass(frozen=True)
class NameGroup:
    """Models and accounts of one tournament, as a member calls them."""

    member_id: int
    name: str
    tournament: str
    names: tuple[str, ...]
    saved_at: datetime

    @classmethod
    def from_row(cls, row: Row) -> "NameGroup":
        """Return what a row of `name_groups` says."""
        return cls(
            member_id=row["member_id"],
            name=row["name"],
            tournament=row["tournament"],
            names=tuple(json.loads(row["names"])),
            saved_at=from_text(row["saved_at"]),
        )


async def groups_of(db: Database, member_id: int) -> list[NameGroup]:
    """Return the member's groups by name."""
    rows = await fetch_all(
        db,
        "SELECT member_id, name, tournament, names, saved_at FROM name_groups WHERE member_id = ? "
        "ORDER BY folded",
        (member_id,),
    )
    return [NameGroup.from_row(row) for row in rows]


async def keep_group(db: Database, group: NameGroup) -> bool:
    """Keep a group in place of the member's earlier one of that name; False where they have too many."""
    async with transaction(db):
        kept = await fetch_one(
            db,
            "SELECT count(*) AS others FROM name_groups WHERE member_id = ? AND folded <> ?",
            (group.member_id, group.name.casefold()),
        )
        if kept is not None and kept["others"] >= MOST_GROUPS:
            return False
        await execute(
            db,
            "INSERT INTO name_groups (member_id, folded, name, tournament, names, saved_at) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (member_id, folded) DO UPDATE SET name = excluded.name, "
            "tournament = excluded.tournament, names = excluded.names, saved_at = excluded.saved_at",
            (
                group.member_id,
                group.name.casefold(),
                group.name,
                group.tournament,
                json.dumps(group.names, ensure_ascii=False),
                to_text(group.saved_at),
            ),
        )
        return True


async def remove_group(db: Database, member_id: int, name: str) -> bool:
    """Forget the member's group of that name, and say whether there was one."""
    async with transaction(db):
        gone = await execute(
            db,
            "DELETE FROM name_groups WHERE member_id = ? AND folded = ?",
            (member_id, name.casefold()),
        )
        return gone > 0
