"""Who held the stake on a day, kept so that its concentration can be followed."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from sqlite3 import Row

from storage.database import Database, execute, fetch_all, transaction
from storage.moments import from_text, to_text

Holders = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class StakeSnapshot:
    """Stake in NMR by model and by account on one day, largest first, without those that have none."""

    tournament: str
    source: str
    day: date
    models: Holders
    accounts: Holders
    guessed: bool  # accounts are guesses from the models' names
    taken_at: datetime

    @classmethod
    def from_row(cls, row: Row) -> "StakeSnapshot":
        """Return what a row of `stake_snapshots` says."""
        return cls(
            tournament=row["tournament"],
            source=row["source"],
            day=date.fromisoformat(row["day"]),
            models=_holders(row["models"]),
            accounts=_holders(row["accounts"]),
            guessed=bool(row["guessed"]),
            taken_at=from_text(row["taken_at"]),
        )


async def keep_snapshot(db: Database, snapshot: StakeSnapshot) -> bool:
    """Keep a day's snapshot unless there is one of that day already, and say whether it is new."""
    async with transaction(db):
        return bool(
            await execute(
                db,
                "INSERT INTO stake_snapshots (tournament, source, day, models, accounts, guessed, taken_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tournament, source, day) DO NOTHING",
                (
                    snapshot.tournament,
                    snapshot.source,
                    snapshot.day.isoformat(),
                    json.dumps(snapshot.models),
                    json.dumps(snapshot.accounts),
                    int(snapshot.guessed),
                    to_text(snapshot.taken_at),
                ),
            )
        )


async def snapshots(db: Database, tournament: str, source: str) -> list[StakeSnapshot]:
    """Return every snapshot of one source, in order of days."""
    rows = await fetch_all(
        db,
        "SELECT tournament, source, day, models, accounts, guessed, taken_at FROM stake_snapshots "
        "WHERE tournament = ? AND source = ? ORDER BY day",
        (tournament, source),
    )
    return [StakeSnapshot.from_row(row) for row in rows]


def _holders(text: str) -> Holders:
    return tuple((str(name), float(stake)) for name, stake in json.loads(text))
