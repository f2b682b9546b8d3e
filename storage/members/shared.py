"""Answers that members shared: who, which question, and the message that shows it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from sqlite3 import Row
from typing import Any

from storage.database import Database, execute, fetch_all, fetch_one, transaction
from storage.members.questions import AskedQuestion
from storage.moments import from_text, to_text

KEPT_PER_MEMBER = 200
STILL_POSTING = timedelta(minutes=1)  # a claim without a message is given up after that

_COLUMNS = "share_id, guild_id, member_id, question, arguments, channel, message, shared_at"


@dataclass(frozen=True)
class SharedAnswer:
    """A shared answer; `message` is None while it is being posted."""

    share_id: int
    guild_id: int
    member_id: int
    question: str
    arguments: dict[str, Any]
    channel: int
    message: int | None
    shared_at: datetime

    @classmethod
    def from_row(cls, row: Row) -> "SharedAnswer":
        """Return what a row of `shared_answers` says."""
        return cls(
            share_id=row["share_id"],
            guild_id=row["guild_id"],
            member_id=row["member_id"],
            question=row["question"],
            arguments=json.loads(row["arguments"]),
            channel=row["channel"],
            message=row["message"],
            shared_at=from_text(row["shared_at"]),
        )


async def claim_share(
    db: Database,
    guild_id: int,
    channel: int,
    asked: AskedQuestion,
    arguments: Mapping[str, Any],
    now: datetime,
) -> tuple[SharedAnswer, bool]:
    """The row of an answer that is about to be shared, and whether it is new: only then may it be posted."""
    told = json.dumps(dict(arguments))
    async with transaction(db):
        await execute(
            db,
            "DELETE FROM shared_answers WHERE member_id = ? AND message IS NULL AND shared_at < ?",
            (asked.member_id, to_text(now - STILL_POSTING)),
        )
        made = await fetch_all(
            db,
            "INSERT INTO shared_answers (guild_id, member_id, question_id, question, arguments, channel, "  # noqa: S608
            f"shared_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING {_COLUMNS}",
            (guild_id, asked.member_id, asked.question_id, asked.question, told, channel, to_text(now)),
        )
        if made:
            await execute(
                db,
                "DELETE FROM shared_answers WHERE member_id = ?1 AND share_id NOT IN (SELECT share_id "
                "FROM shared_answers WHERE member_id = ?1 ORDER BY share_id DESC LIMIT ?2)",
                (asked.member_id, KEPT_PER_MEMBER),
            )
            return SharedAnswer.from_row(made[0]), True
        there = await fetch_all(
            db,
            f"SELECT {_COLUMNS} FROM shared_answers "  # noqa: S608
            "WHERE guild_id = ? AND member_id = ? AND question_id = ? AND arguments = ? AND channel = ?",
            (guild_id, asked.member_id, asked.question_id, told, channel),
        )
    return SharedAnswer.from_row(there[0]), False


async def note_share(db: Database, guild_id: int, share_id: int, message: int) -> None:
    """Note which message shows a shared answer."""
    async with transaction(db):
        await execute(
            db,
            "UPDATE shared_answers SET message = ? WHERE guild_id = ? AND share_id = ?",
            (message, guild_id, share_id),
        )


async def drop_share(db: Database, guild_id: int, share_id: int) -> None:
    """Forget a shared answer: it was taken back, or could not be posted."""
    async with transaction(db):
        await execute(
            db, "DELETE FROM shared_answers WHERE guild_id = ? AND share_id = ?", (guild_id, share_id)
        )


async def share_with_id(db: Database, guild_id: int, share_id: int) -> SharedAnswer | None:
    """Return a server's shared answer; None if it is gone or another server's."""
    row = await fetch_one(
        db,
        f"SELECT {_COLUMNS} FROM shared_answers WHERE guild_id = ? AND share_id = ?",  # noqa: S608
        (guild_id, share_id),
    )
    return None if row is None else SharedAnswer.from_row(row)
