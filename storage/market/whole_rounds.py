"""Rounds as Numerai told them whole, packed, and the numbers that their models have in them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row

from storage.database import Database, execute, fetch_all, fetch_one, transaction
from storage.moments import from_text, to_text


@dataclass(frozen=True)
class PackedRound:
    """A round's one-number facts as JSON text, its models' columns as bytes, and when it was fetched."""

    number: int
    resolved: bool
    head: str
    packed: bytes
    fetched_at: datetime


@dataclass(frozen=True)
class KeptRound:
    """A round that is kept, without its models: what there is to know before it is unpacked."""

    number: int
    resolved: bool
    head: str
    size: int  # bytes
    fetched_at: datetime

    @classmethod
    def from_row(cls, row: Row) -> "KeptRound":
        """Return what a row of `whole_rounds` says."""
        return cls(
            row["number"], bool(row["resolved"]), row["head"], row["size"], from_text(row["fetched_at"])
        )


async def kept_rounds(db: Database, tournament: str) -> list[KeptRound]:
    """Return every round of a tournament that is kept, in order."""
    rows = await fetch_all(
        db,
        "SELECT number, resolved, head, size, fetched_at FROM whole_rounds "
        "WHERE tournament = ? ORDER BY number",
        (tournament,),
    )
    return [KeptRound.from_row(row) for row in rows]


async def packed_round(db: Database, tournament: str, number: int) -> bytes | None:
    """Return the packed columns of a round; None where it is not kept."""
    row = await fetch_one(
        db, "SELECT packed FROM whole_rounds WHERE tournament = ? AND number = ?", (tournament, number)
    )
    return None if row is None else bytes(row["packed"])


async def field_models(db: Database, tournament: str) -> list[tuple[str, str]]:
    """Return (key, name) of every numbered model of a tournament; the first has number 0."""
    rows = await fetch_all(
        db, "SELECT model_key, name FROM field_models WHERE tournament = ? ORDER BY number", (tournament,)
    )
    return [(row["model_key"], row["name"]) for row in rows]


async def keep_round(
    db: Database,
    tournament: str,
    kept: PackedRound,
    models: Sequence[tuple[int, str, str]],
) -> None:
    """Keep a round in place of what was kept of it; models: number, key and name of those new or renamed."""
    async with transaction(db):
        await execute(
            db,
            "INSERT INTO field_models (tournament, number, model_key, name) "
            "SELECT ?, value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true "
            "ON CONFLICT (tournament, number) DO UPDATE SET name = excluded.name",
            (tournament, json.dumps(models)),
        )
        await execute(
            db,
            "INSERT INTO whole_rounds (tournament, number, resolved, head, packed, fetched_at) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (tournament, number) DO UPDATE SET "
            "resolved = excluded.resolved, head = excluded.head, packed = excluded.packed, "
            "fetched_at = excluded.fetched_at",
            (
                tournament,
                kept.number,
                int(kept.resolved),
                kept.head,
                kept.packed,
                to_text(kept.fetched_at),
            ),
        )


async def drop_rounds(db: Database, tournament: str, *, before: int) -> int:
    """Drop the rounds before this one, and return how many there were."""
    async with transaction(db):
        return await execute(
            db, "DELETE FROM whole_rounds WHERE tournament = ? AND number < ?", (tournament, before)
        )
