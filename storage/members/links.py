"""The Numerai model or account that a member says is theirs."""

from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row
from typing import Literal

from storage.database import Database, execute, fetch_all, fetch_one, transaction
from storage.moments import from_text, to_text


@dataclass(frozen=True)
class AccountLink:
    """One member's claim; nobody has verified it."""

    member_id: int
    name: str
    kind: Literal["model", "account"]
    tournament: Literal["classic", "signals", "crypto"]
    linked_at: datetime

    @classmethod
    def from_row(cls, row: Row) -> "AccountLink":
        """Return what a row of `account_links` says."""
        return cls(
            member_id=row["member_id"],
            name=row["name"],
            kind=row["kind"],
            tournament=row["tournament"],
            linked_at=from_text(row["linked_at"]),
        )


async def link_of(db: Database, member_id: int) -> AccountLink | None:
    """Return the member's link, or None."""
    row = await fetch_one(
        db,
        "SELECT member_id, name, kind, tournament, linked_at FROM account_links WHERE member_id = ?",
        (member_id,),
    )
    return None if row is None else AccountLink.from_row(row)


async def set_link(db: Database, link: AccountLink) -> None:
    """Keep this link in place of the member's earlier one."""
    async with transaction(db):
        await execute(
            db,
            "INSERT INTO account_links (member_id, name, kind, tournament, linked_at) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (member_id) DO UPDATE SET name = excluded.name, kind = excluded.kind, "
            "tournament = excluded.tournament, linked_at = excluded.linked_at",
            (link.member_id, link.name, link.kind, link.tournament, to_text(link.linked_at)),
        )


async def remove_link(db: Database, member_id: int) -> bool:
    """Forget the member's link, and say whether there was one."""
    async with transaction(db):
        return await execute(db, "DELETE FROM account_links WHERE member_id = ?", (member_id,)) > 0


async def linked_names(db: Database, tournament: str) -> list[str]:
    """Return every model or account of a tournament that somebody has linked, each once."""
    rows = await fetch_all(
        db, "SELECT DISTINCT name FROM account_links WHERE tournament = ? ORDER BY name", (tournament,)
    )
    return [row["name"] for row in rows]
