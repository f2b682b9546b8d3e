"""The lease: one process at a time works with a database, and is known to be alive by its beats."""

import fcntl
import logging
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from sqlite3 import Row

from storage.database import Database, execute, fetch_one, open_database, transaction
from storage.errors import IN_USE, TAKEN_OVER, StorageError
from storage.moments import from_text, to_text
from storage.upkeep.files import OWNER_ONLY, Copies, beside, copy_database, note_beats, put_back

log = logging.getLogger("roundtable.storage")

EVERY, LASTS = timedelta(seconds=20), timedelta(minutes=1)
_BOOT = Path(
    "/proc/sys/kernel/random/boot_id"
)  # the same in every container of a machine, till it is started anew


class TakenOverError(StorageError):
    """Another process has the database now."""


class Lease:
    """What one process holds while it works with a database.

    On one machine the kernel's lock on a file beside the database decides, and is free the moment its holder
    is dead. A file system over a network may not hand locks to other machines: from one of those a beat that
    is younger than LASTS keeps others away. The same file notes how many beats the database holds: one that
    holds fewer at its next opening has lost what was written to it.
    """

    def __init__(self, path: Path) -> None:
        """Take the kernel's lock. Raises StorageError where another process has it."""
        self._process, self._machine = secrets.token_hex(8), _machine()
        with suppress(OSError):  # opening the database tells what is wrong with the folder
            path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.note = os.open(beside(path, "lease"), os.O_RDWR | os.O_CREAT, OWNER_ONLY)
        except OSError as error:
            raise StorageError(f"{beside(path, 'lease')} can't be written ({error.strerror}).") from error
        try:
            fcntl.flock(self.note, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.release()
            raise StorageError(IN_USE) from error
        except OSError:  # this file system has no locks: the beats have to do
            self._machine = self._process

    async def begin(self, db: Database, now: datetime) -> None:
        """Take the database over. Raises StorageError while a process on another machine beats."""
        async with transaction(db):
            row = await fetch_one(db, "SELECT process, machine, beats, beaten_at FROM lease")
            if row is not None and row["process"] is not None and self._may_live(row, now):
                raise StorageError(IN_USE)
            beats = 1 if row is None else row["beats"] + 1
            await execute(
                db,
                "INSERT INTO lease (only, process, machine, beats, beaten_at) VALUES (1, ?, ?, ?, ?) "
                "ON CONFLICT (only) DO UPDATE SET process = excluded.process, machine = excluded.machine, "
                "beats = excluded.beats, beaten_at = excluded.beaten_at",
                (self._process, self._machine, beats, to_text(now)),
            )
        note_beats(self.note, beats)

    def _may_live(self, row: Row, now: datetime) -> bool:
        """Whether the process that beat last may be alive: not where its lock is ours, or it was silent."""
        # either way: a clock that was wrong holds up nobody for long
        return row["machine"] != self._machine and abs(now - from_text(row["beaten_at"])) < LASTS

    async def beat(self, db: Database, now: datetime, *, last: bool = False) -> None:
        """Say that this process is alive, or (last) that it leaves. Raises TakenOverError where it was."""
        # first what was written so far goes into the file, then the beat into the WAL: the newest beat of a
        # database at work is always in its WAL, so that it is missed where that is lost
        await fetch_one(db, "PRAGMA wal_checkpoint(PASSIVE)")
        async with transaction(db):
            row = await fetch_one(
                db,
                "UPDATE lease SET beats = beats + 1, beaten_at = ?, process = ? WHERE process = ? "
                "RETURNING beats",
                (to_text(now), None if last else self._process, self._process),
            )
            if row is None:
                raise TakenOverError(TAKEN_OVER)
        note_beats(self.note, row["beats"])

    def release(self) -> None:
        """Give the kernel's lock back."""
        if self.note >= 0:
            os.close(self.note)
        self.note = -1


async def open_alone(path: Path, copies: Copies, now: Callable[[], datetime]) -> tuple[Database, Lease]:
    """Open the database as the one process that works with it; a copy is made before an older one is changed.

    Raises StorageError where another process has it, and where it can't be opened.
    """
    lease = Lease(path)
    try:
        db = await open_database(path, before_migrating=lambda: _copy_before_update(path, copies, now()))
        try:
            await fetch_one(db, "PRAGMA wal_autocheckpoint = 0")  # each beat does it
            await lease.begin(db, now())
        except BaseException:
            await db.close()
            raise
    except BaseException:
        lease.release()
        raise
    return db, lease


def _copy_before_update(path: Path, copies: Copies, now: datetime) -> None:
    copy = copies.make(path, now)
    told = "no copy is made (BACKUP_DAYS is 0)" if copy is None else "copied to go back to"
    log.info(
        "the database is brought to a newer version: %s", told, extra={"fields": {"copy": copy and str(copy)}}
    )


def back_up(path: Path, copy: Path) -> str:
    """Copy a database that may be at work, and return a sentence that says so. Raises StorageError."""
    copy_database(path, copy)
    return f"{copy} is a copy of {path} as it was just now."


def restore(path: Path, copy: Path, now: datetime) -> str:
    """Make a copy the database, and return a sentence that says so. Raises StorageError while it is used."""
    lease = Lease(path)
    try:
        earlier = put_back(copy, path, lease.note, now)
    finally:
        lease.release()
    where = f" What was there before is now {earlier}." if earlier else ""
    return f"{path} is now what {copy} holds.{where} Start the bot."


def _machine() -> str:
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return os.uname().nodename
