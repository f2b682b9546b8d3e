"""What a user is told when the database cannot do what was asked."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

_DAMAGED = (
    "The bot's database file is damaged or is not a database, so nothing was changed; "
    "whoever runs the bot has to restore it from a backup."
)
NO_FILE = (
    "The bot's database file could not be opened, so nothing was changed; "
    "whoever runs the bot has to check that its folder exists and may be written to."
)
NEWER = (
    "The bot's database was written by a newer version of the bot, so nothing was changed; "
    "whoever runs the bot has to update it or give it another database file."
)
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
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_CANTOPEN: NO_FILE,
}


class StorageError(Exception):
    """One plain sentence for a user: what happened, that nothing was changed, what to do next."""


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
        raise StorageError(sentence) from error
