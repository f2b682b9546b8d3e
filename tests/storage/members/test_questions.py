"""Questions are kept for their own member, the newest fifty, for thirty days."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from storage.database import Database, fetch_all
from storage.members.questions import AskedQuestion, recall, remember

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
ADA, BERT = 900719925474099301, 900719925474099302


async def test_a_question_comes_back_as_it_was(db: Database) -> None:
    arguments = {"rule": "1xCORR + 3xTC", "round": 600, "models": ["quiet_heron", "Ωμέγα"], "clip": None}
    number = await remember(db, ADA, "payout", arguments, NOW)
    assert await recall(db, number, ADA) == AskedQuestion(number, ADA, "payout", arguments, NOW)


async def test_a_question_of_another_member_stays_theirs(db: Database) -> None:
    number = await remember(db, ADA, "payout", {}, NOW)
    assert await recall(db, number, BERT) is None
    assert await recall(db, number + 1, ADA) is None


async def test_the_newest_fifty_of_each_member_are_kept(db: Database) -> None:
    of_bert = await remember(db, BERT, "stakes", {}, NOW)
    of_ada = [await remember(db, ADA, "payout", {"number": number}, NOW) for number in range(52)]
    kept = [number for number in of_ada if await recall(db, number, ADA) is not None]
    assert kept == of_ada[2:]
    assert await recall(db, of_bert, BERT) is not None


async def test_what_is_older_than_thirty_days_goes_when_anybody_asks(db: Database) -> None:
    day = timedelta(days=1)
    old = await remember(db, ADA, "payout", {}, NOW - 30 * day - timedelta(microseconds=1))
    just_in = await remember(db, ADA, "payout", {}, NOW - 30 * day)
    await remember(db, BERT, "stakes", {}, NOW)
    assert await recall(db, old, ADA) is None
    assert await recall(db, just_in, ADA) is not None


async def test_a_number_is_never_given_twice(db: Database) -> None:
    first = await remember(db, ADA, "payout", {}, NOW - timedelta(days=90))
    second = await remember(db, BERT, "payout", {}, NOW)
    later = await remember(db, BERT, "payout", {}, NOW + timedelta(days=90))
    assert first < second < later
    assert len(await fetch_all(db, "SELECT 1 FROM asked_questions")) == 1


@pytest.mark.parametrize("arguments", [{"clip": float("nan")}, {"clip": float("inf")}])
async def test_what_is_not_json_is_refused(db: Database, arguments: dict[str, float]) -> None:
    before = await remember(db, ADA, "payout", {}, NOW)
    with pytest.raises(sqlite3.IntegrityError):
        await remember(db, ADA, "payout", arguments, NOW)
    assert [row["question_id"] for row in await fetch_all(db, "SELECT * FROM asked_questions")] == [before]


async def test_the_clean_up_uses_the_indexes(db: Database) -> None:
    for condition in ("asked_at < ''", "member_id = 1"):
        [row, *_] = await fetch_all(db, f"EXPLAIN QUERY PLAN DELETE FROM asked_questions WHERE {condition}")
        assert "USING" in row["detail"]
        assert "INDEX asked_questions" in row["detail"]
