"""Weekly summaries: when each server's is due, which weeks were told, and what the rules were."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from sqlite3 import Row

from governance.zones import in_force
from storage.database import Database, execute, fetch_all, fetch_one, transaction
from storage.moments import from_text, to_text


@dataclass(frozen=True)
class Schedule:
    """When a server's summary is due, by a clock in its zone, and where it goes."""

    guild_id: int
    weekday: int  # 0 is Monday
    hour: int
    zone: str
    channel: int
    last_key: str | None  # the newest week that was told

    @classmethod
    def from_row(cls, row: Row) -> "Schedule":
        """Return what a row of `_SCHEDULES` says."""
        return cls(
            guild_id=row["guild_id"],
            weekday=row["weekday"],
            hour=row["hour"],
            zone=in_force(row["zone"]),
            channel=row["channel"],
            last_key=row["last_key"],
        )


@dataclass(frozen=True)
class DigestPost:
    """A summary that was claimed; posted unless posted_at is None."""

    guild_id: int
    key: str
    keys: tuple[str, ...]
    claimed_at: datetime
    posted_at: datetime | None
    given_up: str | None  # why it was not posted
    channel: int | None
    message: int | None
    pages: int  # how many are shown below the message

    @classmethod
    def from_row(cls, row: Row) -> "DigestPost":
        """Return what a row of `_POSTS` says."""
        return cls(
            guild_id=row["guild_id"],
            key=row["key"],
            keys=tuple(json.loads(row["keys"])),
            claimed_at=from_text(row["claimed_at"]),
            posted_at=None if row["posted_at"] is None else from_text(row["posted_at"]),
            given_up=row["given_up"],
            channel=row["channel"],
            message=row["message"],
            pages=row["pages"] or 0,
        )


async def set_schedule(db: Database, schedule: Schedule, now: datetime) -> None:
    """Keep a schedule in place of the server's earlier one; weeks that were told stay told."""
    async with transaction(db):
        await execute(
            db,
            "INSERT INTO digest_schedules (guild_id, weekday, hour, zone, channel, last_key, changed_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (guild_id) DO UPDATE SET weekday = excluded.weekday, "
            "hour = excluded.hour, zone = excluded.zone, channel = excluded.channel, "
            "changed_at = excluded.changed_at",
            (
                schedule.guild_id,
                schedule.weekday,
                schedule.hour,
                schedule.zone,
                schedule.channel,
                schedule.last_key,
                to_text(now),
            ),
        )


async def drop_schedule(db: Database, guild_id: int) -> bool:
    """Post no more summaries to a server, and say whether any were to come."""
    async with transaction(db):
        return await execute(db, "DELETE FROM digest_schedules WHERE guild_id = ?", (guild_id,)) > 0


async def schedules(db: Database) -> list[Schedule]:
    """Return the schedules of all servers."""
    rows = await fetch_all(db, _SCHEDULES + "ORDER BY guild_id")
    return [Schedule.from_row(row) for row in rows]


async def schedule_of(db: Database, guild_id: int) -> Schedule | None:
    """Return a server's schedule, or None."""
    row = await fetch_one(db, _SCHEDULES + "WHERE guild_id = ?", (guild_id,))
    return None if row is None else Schedule.from_row(row)


async def claim(db: Database, guild_id: int, keys: Sequence[str], now: datetime) -> bool:
    """Take weeks as this server's to tell; False if the last of them was claimed before."""
    async with transaction(db):
        new = await execute(
            db,
            "INSERT INTO digest_posts (guild_id, key, keys, claimed_at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (guild_id, key) DO NOTHING",
            (guild_id, keys[-1], json.dumps(list(keys)), to_text(now)),
        )
        if new:
            await execute(
                db, "UPDATE digest_schedules SET last_key = ? WHERE guild_id = ?", (keys[-1], guild_id)
            )
        return bool(new)


async def unposted(db: Database) -> list[DigestPost]:
    """Return what was claimed and is not known to be posted: a crash came between, or Discord refused."""
    rows = await fetch_all(db, _POSTS + "WHERE posted_at IS NULL AND given_up IS NULL ORDER BY guild_id, key")
    return [DigestPost.from_row(row) for row in rows]


async def note_shown(
    db: Database, guild_id: int, key: str, channel: int, message: int, *, pages: int
) -> None:
    """Note what is there of a claimed summary: its message, and so many pages below it."""
    async with transaction(db):
        await execute(
            db,
            "UPDATE digest_posts SET channel = ?, message = ?, pages = ? WHERE guild_id = ? AND key = ?",
            (channel, message, pages, guild_id, key),
        )


async def posted(db: Database, guild_id: int, key: str, channel: int, message: int, now: datetime) -> None:
    """Note that a claimed summary is there."""
    async with transaction(db):
        await execute(
            db,
            "UPDATE digest_posts SET posted_at = ?, channel = ?, message = ? WHERE guild_id = ? AND key = ?",
            (to_text(now), channel, message, guild_id, key),
        )


async def give_up(db: Database, guild_id: int, key: str, reason: str) -> None:
    """Note why a claimed summary can't be posted; its weeks stay told."""
    async with transaction(db):
        await execute(
            db,
            "UPDATE digest_posts SET given_up = ? WHERE guild_id = ? AND key = ?",
            (reason[:300], guild_id, key),
        )


async def newest_post(db: Database, guild_id: int) -> DigestPost | None:
    """Return the newest summary of a server, posted or not, or None."""
    row = await fetch_one(db, _POSTS + "WHERE guild_id = ? ORDER BY key DESC LIMIT 1", (guild_id,))
    return None if row is None else DigestPost.from_row(row)


async def keep_rules(
    db: Database, tournament: str, source: str, day: date, *, rule: str, differs: str, rounds: str
) -> bool:
    """Keep what a day's newest rounds were paid by, once; whether that was new."""
    async with transaction(db):
        return bool(
            await execute(
                db,
                "INSERT INTO rule_snapshots (tournament, source, day, rule, differs, rounds) "
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (tournament, source, day.isoformat(), rule, differs, rounds),
            )
        )


async def rules_before(db: Database, tournament: str, source: str, day: date) -> tuple[str, str] | None:
    """Return (rule, how it differed) of the newest snapshot before a day, or None."""
    row = await fetch_one(
        db,
        "SELECT rule, differs FROM rule_snapshots WHERE tournament = ? AND source = ? AND day < ? "
        "ORDER BY day DESC LIMIT 1",
        (tournament, source, day.isoformat()),
    )
    return None if row is None else (row["rule"], row["differs"])


_SCHEDULES = "SELECT guild_id, weekday, hour, zone, channel, last_key FROM digest_schedules "
_POSTS = (
    "SELECT guild_id, key, keys, claimed_at, posted_at, given_up, channel, message, pages FROM digest_posts "
)


async def last_posted(db: Database) -> datetime | None:
    """Return when a summary was last posted in any server, or None."""
    row = await fetch_one(db, "SELECT max(posted_at) AS last FROM digest_posts")
    return None if row is None or row["last"] is None else from_text(row["last"])
