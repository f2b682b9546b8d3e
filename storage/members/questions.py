"""The questions members asked, kept for a while so that a Share button can ask them again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from sqlite3 import Row
from typing import Any

from storage.database import Database, execute, fetch_all, fetch_one, transaction
from storage.moments import from_text, to_text

KEPT_PER_MEMBER = 50
KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True)
class AskedQuestion:
    """A question and its arguments as JSON gives them back: lists for tuples, text for keys."""

    question_id: int
    member_id: int
    question: str
    arguments: dict[str, Any]
    asked_at: datetime

    @classmethod
    def from_row(cls, row: Row) -> "AskedQuestion":
        """Return what a row of `asked_questions` says."""
        return cls(
            question_id=row["question_id"],
            member_id=row["member_id"],
            question=row["question"],
            arguments=json.loads(row["arguments"]),
            asked_at=from_text(row["asked_at"]),
        )


async def remember(
    db: Database, member_id: int, question: str, arguments: Mapping[str, Any], now: datetime
) -> int:
    """Keep a question, drop the member's 51st and everyone's older than KEPT_FOR, and return its number."""
    async with transaction(db):
        [row] = await fetch_all(
            db,
            "INSERT INTO asked_questions (member_id, question, arguments, asked_at) VALUES (?, ?, ?, ?) "
            "RETURNING question_id",
            (member_id, question, json.dumps(dict(arguments)), to_text(now)),
        )
        await execute(
            db,
            "DELETE FROM asked_questions WHERE member_id = ?1 AND question_id NOT IN (SELECT question_id "
            "FROM asked_questions WHERE member_id = ?1 ORDER BY question_id DESC LIMIT ?2)",
            (member_id, KEPT_PER_MEMBER),
        )
        await execute(db, "DELETE FROM asked_questions WHERE asked_at < ?", (to_text(now - KEPT_FOR),))
    return row["question_id"]


async def recall(db: Database, question_id: int, member_id: int) -> AskedQuestion | None:
    """Return a member's own question; None if it is gone or another member's."""
    row = await fetch_one(
        db,
        "SELECT question_id, member_id, question, arguments, asked_at FROM asked_questions "
        "WHERE question_id = ? AND member_id = ?",
        (question_id, member_id),
    )
    return None if row is None else AskedQuestion.from_row(row)


async def change_arguments(
    db: Database, asked: AskedQuestion, arguments: Mapping[str, Any]
) -> AskedQuestion | None:
    """Keep a question's new arguments; None where it was changed meanwhile, or is gone."""
    async with transaction(db):
        changed = await execute(
            db,
            "UPDATE asked_questions SET arguments = ? WHERE question_id = ? AND member_id = ? "
            "AND arguments = ?",
            (json.dumps(dict(arguments)), asked.question_id, asked.member_id, json.dumps(asked.arguments)),
        )
    return replace(asked, arguments=dict(arguments)) if changed else None
