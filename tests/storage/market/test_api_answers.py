"""Fetched answers replace older ones, and the oldest go when they are too old or too many."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from storage.database import Database, fetch_all
from storage.market.api_answers import FetchedAnswer, fetched_answer, fetched_moments, keep_answers

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def answer(question: str, at: datetime = NOW, text: str = '{"number":1}') -> FetchedAnswer:
    return FetchedAnswer(question, text, at)


async def kept(db: Database) -> list[str]:
    return [row["question"] for row in await fetch_all(db, "SELECT question FROM fetched_answers ORDER BY 1")]


async def test_an_answer_comes_back_as_it_was(db: Database) -> None:
    told = answer("classic/rounds", text='{"name":"Ωμέγα","stake":"0.000000000000000001","none":null}')
    await keep_answers(db, [told], NOW)
    assert await fetched_answer(db, "classic/rounds") == told
    assert await fetched_answer(db, "classic/round") is None


async def test_a_new_answer_takes_the_place_of_the_old_one(db: Database) -> None:
    await keep_answers(db, [answer("a"), answer("b")], NOW)
    newer = answer("a", NOW + DAY, "[]")
    await keep_answers(db, [newer], NOW + DAY)
    assert await fetched_answer(db, "a") == newer
    assert await fetched_answer(db, "b") == answer("b")
    assert await fetched_moments(db, ["a", "b", "c"]) == {"a": NOW + DAY, "b": NOW}


async def test_several_are_kept_together_or_not_at_all(db: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await keep_answers(db, [answer("a"), answer("b", text="<html>")], NOW)
    assert await kept(db) == []


async def test_what_is_older_than_ninety_days_goes_with_the_next_answer(db: Database) -> None:
    old, just_in = NOW - 90 * DAY - timedelta(microseconds=1), NOW - 90 * DAY
    await keep_answers(db, [answer("old", old), answer("just in", just_in)], old)
    assert await kept(db) == ["just in", "old"]
    await keep_answers(db, [answer("new")], NOW)
    assert await kept(db) == ["just in", "new"]


async def test_the_oldest_go_when_all_together_are_too_long(db: Database) -> None:
    text = json.dumps("x" * 98)
    answers = [answer(f"{number}", NOW + number * DAY, text) for number in range(5)]
    await keep_answers(db, answers, NOW, kept_characters=300)
    assert await kept(db) == ["2", "3", "4"]
    await keep_answers(db, [answer("0", NOW + 9 * DAY, text)], NOW, kept_characters=299)
    assert await kept(db) == ["0", "4"]


@pytest.mark.parametrize("spoiled", [answer(""), answer("a", text="NaN"), answer("a", text="")])
async def test_what_is_no_answer_is_refused(db: Database, spoiled: FetchedAnswer) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await keep_answers(db, [spoiled], NOW)


async def test_the_clean_up_reads_no_answers(db: Database) -> None:
    by_time = "INDEX fetched_answers_by_time"
    for sql in (
        "DELETE FROM fetched_answers WHERE fetched_at < ''",
        "SELECT rowid, sum(size) OVER (ORDER BY fetched_at DESC, rowid DESC) FROM fetched_answers",
    ):
        rows = await fetch_all(db, f"EXPLAIN QUERY PLAN {sql}")
        assert any(by_time in row["detail"] for row in rows), [row["detail"] for row in rows]
