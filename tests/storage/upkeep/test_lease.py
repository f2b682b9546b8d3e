"""One process at a time: by the kernel's lock on this machine, by beats from another one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.database import Database, StorageError, execute, fetch_one, transaction
from storage.upkeep.files import Copies
from storage.upkeep.lease import LASTS, Lease, TakenOverError, open_alone

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
NO_COPIES = Copies(Path("backups"), 0)


@dataclass
class Other:
    """A process on another machine, which has a lock of its own."""

    db: Database
    lease: Lease


@pytest.fixture
async def other(db: Database, tmp_path: Path) -> Other:
    lease = Lease(tmp_path / "elsewhere.sqlite3")
    lease._machine = "another"
    await lease.begin(db, NOW)
    return Other(db, lease)


async def test_a_second_process_is_refused_until_the_first_has_left(file: Path) -> None:
    db, lease = await open_alone(file, NO_COPIES, lambda: NOW)
    for _ in range(2):
        with pytest.raises(StorageError, match=r"Another process works with .* nothing was changed; stop it"):
            await open_alone(file, NO_COPIES, lambda: NOW + timedelta(days=1))
    await lease.beat(db, NOW, last=True)
    await db.close()
    lease.release()
    db, lease = await open_alone(file, NO_COPIES, lambda: NOW)
    await db.close()
    lease.release()


async def test_a_process_that_died_is_followed_at_once(file: Path) -> None:
    db, lease = await open_alone(file, NO_COPIES, lambda: NOW)
    await db.close()
    lease.release()  # as the kernel does; it has not said that it leaves
    db, lease = await open_alone(file, NO_COPIES, lambda: NOW)
    await db.close()
    lease.release()


@pytest.mark.parametrize("after", [timedelta(0), LASTS - timedelta(seconds=1), timedelta(seconds=-30)])
async def test_beats_of_another_machine_keep_others_away(other: Other, after: timedelta) -> None:
    lease = Lease(other.db.path)
    with pytest.raises(StorageError, match=r"Another process works with"):
        await lease.begin(other.db, NOW + after)
    await other.lease.beat(other.db, NOW + after)
    lease.release()


@pytest.mark.parametrize("after", [LASTS, timedelta(days=1), timedelta(days=-1)])
async def test_a_silent_one_is_followed_and_finds_out(other: Other, after: timedelta) -> None:
    lease = Lease(other.db.path)
    await lease.begin(
        other.db, NOW + after
    )  # a clock that ran a day ahead and was set back is no beat either
    with pytest.raises(TakenOverError, match=r"taken over the bot's database, so this one stops"):
        await other.lease.beat(other.db, NOW + after)
    await lease.beat(other.db, NOW + after)
    lease.release()


async def test_one_that_has_left_is_followed_at_once(other: Other) -> None:
    await other.lease.beat(other.db, NOW, last=True)
    lease = Lease(other.db.path)
    await lease.begin(other.db, NOW)
    lease.release()


async def test_the_note_never_knows_more_beats_than_the_database(file: Path) -> None:
    db, lease = await open_alone(file, NO_COPIES, lambda: NOW)
    note = file.with_name(f"{file.name}-lease")
    for beats in range(2, 12):
        await lease.beat(db, NOW)
        assert int(note.read_text(encoding="ascii")) == beats
        row = await fetch_one(db, "SELECT beats FROM lease")
        assert row is not None
        assert row["beats"] == beats
    async with transaction(db):
        await execute(db, "DELETE FROM lease")
    with pytest.raises(TakenOverError):
        await lease.beat(db, NOW)
    assert int(note.read_text(encoding="ascii")) == 11
    await db.close()
    lease.release()
