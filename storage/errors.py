"""What a user is told when the database cannot do what was asked."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

DAMAGED = (
    "The bot's database file is damaged or is not a database, so nothing was changed; "
    "whoever runs the bot has to restore it from a backup: python bot.py restore COPY."
)
NO_FILE = (
    "The bot's database file could not be opened, so nothing was changed; "
    "whoever runs the bot has to check that its folder exists and may be written to."
)
NEWER = (
    "The bot's database was written by a newer version of the bot, so nothing was changed; "
    "whoever runs the bot has to update it or give it another database file."
)
LOST = (
    "The bot's database file holds less than was written to it (its -wal file is missing, or it is an older "
    "copy), so nothing was changed; whoever runs the bot has to put the -wal file back, or restore a copy: "
    "python bot.py restore COPY, which may be {file} itself, to go on with what is left in it."
)
IN_USE = (
    "Another process works with the bot's database, so nothing was changed; stop it first, or, if it ran on "
    "another machine and is gone, start again in a minute."
)
TAKEN_OVER = "Another process has taken over the bot's database, so this one stops."
CLOSED = "The bot is shutting down, so nothing was changed; try again once it is back."
_BUSY = "The bot's database is busy, so nothing was changed; try again in a minute."
_SENTENCES = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_READONLY: (
        "The bot's database file is read-only, so nothing was changed; "
        "whoever runs the bot has to allow it to write there."
    ),
    sqlite3.SQLITE_FULL: (
        "The disk under the bot's database is full, so nothing was changed; "
        "whoever runs the bot has to free some space, then try again."
    ),
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_CANTOPEN: NO_FILE,
}


class StorageError(Exception):
    """One plain sentence for a user: what happened, that nothing was changed, what to do next."""


class BusyError(StorageError):
    """Another process writes to the database: the same may be possible in a moment."""

    def __init__(self) -> None:
        super().__init__(_BUSY)


@contextmanager
def plain_errors() -> Generator[None]:
    """Turn what a user can be told about SQLite's errors into a StorageError, and let the rest through."""
    try:
        yield
    except sqlite3.Error as error:
        # the low byte is the kind of error, the rest its particulars
        sentence = _SENTENCES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if sentence is None:
            raise
        raise (BusyError() if sentence == _BUSY else StorageError(sentence)) from error
