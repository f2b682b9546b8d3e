"""Prices by day: the newest of a day stays, and those that an older bot kept come along."""

import json
import shutil
import sqlite3
from datetime import date
from pathlib import Path

import aiosqlite
import pytest

from storage.database import MIGRATIONS, Database, migrate, open_database
from storage.market.prices import currencies_kept, keep_price, prices_in
from tests.storage.test_migrations import remove_after


async def test_the_newest_price_of_a_day_stays(db: Database) -> None:
    for currency, day, price in (("EUR", 5, 7.5), ("EUR", 4, 7.0), ("USD", 4, 8.0), ("EUR", 5, 7.25)):
        await keep_price(db, currency, date(2031, 5, day), price)
    assert list((await prices_in(db, "EUR")).items()) == [("2031-05-04", 7.0), ("2031-05-05", 7.25)]
    assert await prices_in(db, "JPY") == {}
    assert await currencies_kept(db) == ["EUR", "USD"]


@pytest.mark.parametrize(("currency", "price"), [("eur", 1.0), ("EURO", 1.0), ("EUR", 0.0), ("EUR", -1.0)])
async def test_the_table_refuses_what_makes_no_sense(db: Database, currency: str, price: float) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await keep_price(db, currency, date(2031, 5, 4), price)


async def test_prices_among_the_answers_of_an_older_bot_are_kept(tmp_path: Path) -> None:
    file, scripts = tmp_path / "bot.sqlite3", Path(shutil.copytree(MIGRATIONS, tmp_path / "scripts"))
    remove_after(19, scripts)
    old = Database(await aiosqlite.connect(file, isolation_level=None), file)
    await migrate(old, scripts)
    for question, answer in (
        ("classic/4/prices", {"2031-05-04": 7.25, "2031-05-05": 8}),
        ("signals/4/prices", {"2031-05-05": 8, "2031-05-06": 8.5}),
        ("classic/4/price", ["2031-05-06", 8.5]),
    ):
        await old.connection.execute(
            "INSERT INTO fetched_answers (question, answer, fetched_at) VALUES (?, ?, ?)",
            (question, json.dumps(answer), "2031-05-06T12:00:00.000000+00:00"),
        )
    await old.close()
    db = await open_database(file)
    assert await prices_in(db, "USD") == {"2031-05-04": 7.25, "2031-05-05": 8.0, "2031-05-06": 8.5}
    [left] = await db.connection.execute_fetchall("SELECT question FROM fetched_answers")
    assert left["question"] == "classic/4/price"
    await db.close()
