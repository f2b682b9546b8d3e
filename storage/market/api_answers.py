"""What a public API last answered, kept so that it need not be asked again and can be away for a while."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from sqlite3 import Row

from storage.database import Database, execute, fetch_all, fetch_one, transaction
from storage.moments import from_text, to_text

KEPT_FOR = timedelta(days=90)
KEPT_CHARACTERS = 250_000_000


@dataclass(frozen=True)
class FetchedAnswer:
    """An answer as JSON text, and when it was fetched."""

    question: str
    answer: str
    fetched_at: datetime

    @classmethod
    def from_row(cls, row: Row) -> "FetchedAnswer":
        """Return what a row of `fetched_answers` says."""
        return cls(row["question"], row["answer"], from_text(row["fetched_at"]))


async def fetched_answer(db: Database, question: str) -> FetchedAnswer | None:
    """Return the last answer to a question, however old; None if there was none."""
    row = await fetch_one(
        db, "SELECT question, answer, fetched_at FROM fetched_answers WHERE question = ?", (question,)
    )
    return None if row is None else FetchedAnswer.from_row(row)


async def fetched_moments(db: Database, questions: Iterable[str]) -> dict[str, datetime]:
    """Return when each of these questions was last answered; those without an answer are left out."""
    rows = await fetch_all(
        db,
        "SELECT question, fetched_at FROM fetched_answers WHERE question IN (SELECT value FROM json_each(?))",
        (json.dumps(list(questions)),),
    )
    return {row["question"]: from_text(row["fetched_at"]) for row in rows}


async def keep_answers(
    db: Database,
    answers: Sequence[FetchedAnswer],
    now: datetime,
    *,
    kept_characters: int = KEPT_CHARACTERS,
) -> None:
    """Keep these in place of earlier answers to the same questions, all or none of them.

    Drops what is older than 90 days, then the oldest answers until the rest fits into `kept_characters`.
    """
    async with transaction(db):
        for kept in answers:
            await execute(
                db,
                "INSERT INTO fetched_answers (question, answer, fetched_at) VALUES (?, ?, ?) "
                "ON CONFLICT (question) DO UPDATE "
                "SET answer = excluded.answer, fetched_at = excluded.fetched_at",
                (kept.question, kept.answer, to_text(kept.fetched_at)),
            )
        await execute(db, "DELETE FROM fetched_answers WHERE fetched_at < ?", (to_text(now - KEPT_FOR),))
        await execute(
            db,
            "DELETE FROM fetched_answers WHERE rowid IN (SELECT rowid FROM (SELECT rowid, sum(size) OVER "
            "(ORDER BY fetched_at DESC, rowid DESC) AS so_far FROM fetched_answers) WHERE so_far > ?)",
            (kept_characters,),
        )


async def newest_answer(db: Database) -> datetime | None:
    """Return when any question was last answered, or None."""
    row = await fetch_one(db, "SELECT max(fetched_at) AS newest FROM fetched_answers")
    return None if row is None or row["newest"] is None else from_text(row["newest"])
