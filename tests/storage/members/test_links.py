"""One link for each member, replaced and removed."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from storage.database import Database
from storage.members.links import AccountLink, link_of, remove_link, set_link

NOW = datetime(2031, 5, 4, 12, 30, 15, 123456, tzinfo=UTC)
LINK = AccountLink(900719925474099301, "quiet_heron", "model", "classic", NOW)


async def test_nobody_is_linked_at_first(db: Database) -> None:
    assert await link_of(db, LINK.member_id) is None


async def test_a_link_comes_back_as_it_was(db: Database) -> None:
    await set_link(db, LINK)
    assert await link_of(db, LINK.member_id) == LINK
    assert await link_of(db, LINK.member_id + 1) is None


async def test_a_new_link_takes_the_place_of_the_old_one(db: Database) -> None:
    await set_link(db, LINK)
    other = AccountLink(LINK.member_id, "loud_heron", "account", "signals", NOW + timedelta(days=1))
    await set_link(db, other)
    assert await link_of(db, LINK.member_id) == other


async def test_removing_says_whether_there_was_one(db: Database) -> None:
    await set_link(db, LINK)
    await set_link(db, replace(LINK, member_id=2))
    assert await remove_link(db, LINK.member_id)
    assert not await remove_link(db, LINK.member_id)
    assert await link_of(db, LINK.member_id) is None
    assert await link_of(db, 2) is not None


async def test_the_time_comes_back_in_utc(db: Database) -> None:
    there = NOW.astimezone(timezone(timedelta(hours=5, minutes=45)))
    await set_link(db, replace(LINK, linked_at=there))
    link = await link_of(db, LINK.member_id)
    assert link is not None
    assert link.linked_at == NOW
    assert link.linked_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "x" * 101}, {"kind": "team"}, {"tournament": "chess"}, {"name": None}]
)
async def test_the_table_refuses_what_makes_no_sense(db: Database, wrong: dict[str, object]) -> None:
    await set_link(db, LINK)
    with pytest.raises(sqlite3.IntegrityError):
        await set_link(db, replace(LINK, **wrong))
    assert await link_of(db, LINK.member_id) == LINK


@pytest.mark.parametrize("name", ["x", "x" * 100, "Ωμέγα 🦉", "'; DROP TABLE account_links; --"])
async def test_any_name_of_fair_length_is_kept(db: Database, name: str) -> None:
    await set_link(db, replace(LINK, name=name))
    assert await link_of(db, LINK.member_id) == replace(LINK, name=name)
