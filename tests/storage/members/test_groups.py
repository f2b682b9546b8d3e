"""A member's groups of names: replaced, removed, and nobody else's."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storage.database import Database, fetch_all
from storage.members.groups import MOST_GROUPS, NameGroup, groups_of, keep_group, remove_group

NOW = datetime(2031, 5, 4, 12, 30, 15, 123456, tzinfo=UTC)
GROUP = NameGroup(900719925474099301, "Herd", "classic", ("heron_1", "heron_2"), NOW)
OTHER = GROUP.member_id + 1


async def test_a_group_comes_back_as_it_was_to_its_member_alone(db: Database) -> None:
    assert await keep_group(db, GROUP)
    assert await groups_of(db, GROUP.member_id) == [GROUP]
    assert await groups_of(db, OTHER) == []


async def test_a_group_takes_the_place_of_one_that_is_spelled_otherwise(db: Database) -> None:
    assert await keep_group(db, GROUP)
    later = replace(GROUP, name="HERD", tournament="signals", names=("owl",), saved_at=NOW + timedelta(1))
    assert await keep_group(db, later)
    assert await groups_of(db, GROUP.member_id) == [later]


async def test_a_group_is_removed_whatever_its_case(db: Database) -> None:
    await keep_group(db, GROUP)
    await keep_group(db, replace(GROUP, member_id=OTHER))
    assert await remove_group(db, GROUP.member_id, "hERD")
    assert not await remove_group(db, GROUP.member_id, "herd")
    assert await groups_of(db, GROUP.member_id) == []
    assert len(await groups_of(db, OTHER)) == 1


async def test_a_member_has_so_many_groups_and_may_change_each(db: Database) -> None:
    for number in range(MOST_GROUPS):
        assert await keep_group(db, replace(GROUP, name=f"herd {number:02}"))
    assert not await keep_group(db, GROUP)
    assert await keep_group(db, replace(GROUP, name="HERD 07", names=("owl",)))
    assert await keep_group(db, replace(GROUP, member_id=OTHER))
    kept = await groups_of(db, GROUP.member_id)
    assert len(kept) == MOST_GROUPS
    assert kept[7].names == ("owl",)


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "x" * 33}, {"tournament": "chess"}, {"names": ()}, {"name": None}]
)
async def test_the_table_refuses_what_makes_no_sense(db: Database, wrong: dict[str, object]) -> None:
    with pytest.raises((sqlite3.IntegrityError, AttributeError)):
        await keep_group(db, replace(GROUP, **wrong))
    assert await fetch_all(db, "SELECT 1 FROM name_groups") == []
