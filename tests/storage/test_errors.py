"""Which of SQLite's errors a user is told about."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.errors import StorageError, plain_errors


def test_a_special_case_of_an_error_gets_the_same_sentence(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as one, closing(sqlite3.connect(file)) as other:
        one.execute("PRAGMA journal_mode = WAL")
        one.execute("CREATE TABLE numbers (number)")
        one.execute("BEGIN")
        one.execute("SELECT * FROM numbers").fetchall()
        with other:
            other.execute("INSERT INTO numbers VALUES (1)")
        with pytest.raises(StorageError, match="busy") as told, plain_errors():
            one.execute("INSERT INTO numbers VALUES (2)")
    cause = told.value.__cause__
    assert isinstance(cause, sqlite3.OperationalError)
    assert cause.sqlite_errorcode == sqlite3.SQLITE_BUSY_SNAPSHOT


def test_an_error_that_does_not_come_from_sqlite_itself_passes(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.close()
    with pytest.raises(sqlite3.ProgrammingError), plain_errors():
        connection.execute("SELECT 1")
    with pytest.raises(LookupError), plain_errors():
        raise LookupError
