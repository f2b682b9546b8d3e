"""The files of the database: looked at before they are opened, copied, put back, kept from others."""

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.errors import DAMAGED, LOST, NEWER, NO_FILE, StorageError, plain_errors

MIGRATIONS = Path(__file__).parent.parent / "migrations"
OWNER_ONLY = 0o600
A_DAY = timedelta(days=1)
_MOMENT = "%Y-%m-%dT%H-%M-%S-%fZ"


@dataclass(frozen=True)
class Copies:
    """Where copies of a database are kept, and for how many days; 0 makes none."""

    folder: Path
    days: int

    def made(self, path: Path) -> list[tuple[datetime, Path]]:
        """Return the copies of this database, the oldest first, each with its moment."""
        found = list[tuple[datetime, Path]]()
        with suppress(OSError):
            for file in self.folder.iterdir():
                with suppress(ValueError):  # another file
                    moment = datetime.strptime(file.name, _name(path)).replace(tzinfo=UTC)
                    found.append((moment, file))
        return sorted(found)

    def are_due(self, path: Path, now: datetime) -> bool:
        """Whether none was made within a day; one that a wrong clock dated ahead puts off nothing."""
        return self.days > 0 and not any(abs(now - moment) < A_DAY for moment, _ in self.made(path))

    def make(self, path: Path, now: datetime) -> Path | None:
        """Copy the database, remove what is older than the days, and return the copy; waits for the disk.

        Raises StorageError where it could not be made; nothing is removed then.
        """
        if self.days < 1:
            return None
        moment = now.astimezone(UTC)
        copy = self.folder / moment.strftime(_name(path))
        copy_database(path, copy)
        for made, file in self.made(path):
            if now - made >= self.days * A_DAY:
                file.unlink(missing_ok=True)
        return copy


def _name(path: Path) -> str:
    """How a copy is called, with its moment to be filled in."""
    return f"{path.stem.replace('%', '%%')}-{_MOMENT}.sqlite3"


def newest_version() -> int:
    """The version that the numbered scripts bring a database to."""
    return len(list(MIGRATIONS.glob("[0-9]*.sql")))


def beside(path: Path, ending: str) -> Path:
    """A file that belongs to the database: its -wal, -shm or -lease."""
    return path.with_name(f"{path.name}-{ending}")


def look_before_opening(path: Path, timeout: float) -> None:
    """Refuse, unchanged, what is newer, damaged or less than it was; keep the rest from other users."""
    # Setting the journal mode may write to the file, so a newer database is refused before the real opening.
    noted = beats_noted(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        there = path.exists()
    except OSError as error:
        raise StorageError(NO_FILE) from error
    if there:
        version, beats = inspect(path, timeout)
        if version > newest_version():
            raise StorageError(NEWER)
    else:
        beats = 0
    if beats < noted:
        raise StorageError(LOST.format(file=path))
    # SQLite gives its -wal and -shm the mode of the file; those of an earlier start may have another
    with suppress(OSError):  # of another owner, or no file: opening it will tell
        if not there:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, OWNER_ONLY))
        for file in (path, beside(path, "wal"), beside(path, "shm")):
            if file.is_file():
                file.chmod(OWNER_ONLY)


def inspect(path: Path, timeout: float) -> tuple[int, int]:
    """Return a database's version and how many beats its lease has. Raises StorageError if it is damaged."""
    # A killed process leaves a WAL, which the last ordinary connection to close would fold into the file; a
    # read-only one does not, but would leave a new WAL behind where there is none.
    mode = "ro" if beside(path, "wal").exists() else "rw"
    address = f"{path.absolute().as_uri()}?mode={mode}"
    with plain_errors(), closing(sqlite3.connect(address, uri=True, timeout=timeout)) as look:
        version = look.execute("PRAGMA user_version").fetchone()[0]
        if version > newest_version():
            return version, 0
        if [row[0] for row in look.execute("PRAGMA quick_check(1)")] != ["ok"]:
            raise StorageError(DAMAGED)
        if look.execute("SELECT 1 FROM sqlite_schema WHERE name = 'lease'").fetchone() is None:
            return version, 0
        kept = look.execute("SELECT beats FROM lease").fetchone()
        return version, kept[0] if kept else 0


def beats_noted(path: Path) -> int:
    """How many beats the note beside the database has seen; 0 without one."""
    try:
        return int(beside(path, "lease").read_bytes() or 0)
    except (OSError, ValueError):
        return 0


def note_beats(file: int, beats: int) -> None:
    """Write into the open note how many beats the database holds, once they are on the disk."""
    os.pwrite(file, b"%020d\n" % beats, 0)


def copy_database(path: Path, target: Path) -> None:
    """Copy a database, whole to a moment, while whoever uses it goes on; there is all of it or no file.

    All but whole rounds, which are read from Numerai again where they are missing.

    Raises StorageError where there is no database, or something at the target.
    """
    if not path.is_file():
        raise StorageError(f"There is no database at {path}, so nothing was copied.")
    if target.exists():
        raise StorageError(f"{target} is there already, so nothing was copied; name another file.")
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, OWNER_ONLY))
    except OSError as error:
        raise StorageError(f"{target} can't be written ({error.strerror}), so nothing was copied.") from error
    try:
        with plain_errors(), closing(sqlite3.connect(path, isolation_level=None)) as source:
            source.execute("VACUUM INTO ?", (str(part),))
        _leave_out(part)
        _to_disk(part)
        part.rename(target)
        _to_disk(target.parent)
    finally:
        part.unlink(missing_ok=True)


def _leave_out(copy: Path) -> None:
    """Empty the tables of a copy that are read from Numerai again."""
    with plain_errors(), closing(sqlite3.connect(copy, isolation_level=None)) as database:
        # in a file, a journal that a kill left would spoil the next copy
        database.execute("PRAGMA journal_mode = MEMORY")
        if database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'whole_rounds'").fetchone() is None:
            return
        emptied = database.execute("DELETE FROM whole_rounds").rowcount
        emptied += database.execute("DELETE FROM field_models").rowcount
        if emptied:
            database.execute("VACUUM")


def put_back(copy: Path, path: Path, note: int, now: datetime) -> Path | None:
    """Make a copy the database, and return where the earlier one was put; note is the open file of the lease.

    Raises StorageError, and nothing was changed, where the copy is no whole database of this bot.
    """
    if not copy.is_file():
        raise StorageError(f"There is no file {copy}, so nothing was changed.")
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    try:
        version, beats = inspect(copy, 2.0)
        if version > newest_version():
            raise StorageError(NEWER)
        if version < 1:
            raise StorageError(f"{copy} is no database of this bot, so nothing was changed.")
        copy_database(copy, new)
        with plain_errors(), closing(sqlite3.connect(new, isolation_level=None)) as database:
            if database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'lease'").fetchone():
                database.execute("UPDATE lease SET process = NULL")
        _to_disk(new)
        earlier = path.with_name(f"{path.name}.{now.astimezone(UTC).strftime(_MOMENT)}")
        # the note last: a kill before leaves less than was noted, which is refused until this is done again
        for ending in ("wal", "shm"):
            if beside(path, ending).exists():
                beside(path, ending).rename(beside(earlier, ending))
        was_there = path.exists()
        if was_there:
            path.rename(earlier)
        new.rename(path)
        _to_disk(path.parent)
        note_beats(note, beats)
        os.fsync(note)
        return earlier if was_there else None
    except OSError as error:
        raise StorageError(
            f"{copy} can't be put in place of {path} ({error.strerror}); what is missing is beside it."
        ) from error
    finally:
        new.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
