"""The map of a server's votes: planted groups, too few members, noise, and what is not told."""

import asyncio
import re
from datetime import timedelta

import numpy as np
import pytest

from features.opinions.map import OpinionPicture, opinion_picture, waiting_line
from features.opinions.statements import folded, hide_statement, next_turn
from kept import KeptResults
from storage.database import Database, transaction
from storage.members.privacy import delete
from storage.opinions import add_statement as keep_statement
from storage.opinions import cast_vote
from tests.features.proposals.proposals import ADA, HERE, NOW

SHARED = ("Changes need notice of eight weeks", "Nobody should be blamed for a bad month")
SPLIT = (
    "Large stakes deserve large weights",
    "Weights should be capped whatever the score",
    "Only correlation should be paid",
    "Payouts follow the fund",
    "A track record should count more than stake",
    "The old rule was better than the new one",
)


async def fill(db: Database, claims: tuple[str, ...], matrix: np.ndarray) -> None:
    """Statements of several members, and votes by row; nan is no vote."""
    numbers = [
        (await keep_statement(db, HERE, 10**6 + index // 4, claim, folded(claim), NOW)).statement_id
        for index, claim in enumerate(claims)
    ]
    async with transaction(db):
        await db.connection.executemany(
            "INSERT INTO opinion_votes VALUES (?, ?, ?, ?, '2031-05-04T12:00:00.000000+00:00')",
            [
                (numbers[column], HERE, ADA + row, int(said))
                for row, votes in enumerate(matrix)
                for column, said in enumerate(votes)
                if not np.isnan(said)
            ],
        )


def camps(first: int, second: int) -> np.ndarray:
    """Two camps that agree on the shared statements and part on others; one vote in twenty is drawn anew."""
    one = [1, 1, 1, -1, 1, -1, -1, 1]
    other = [1, 1, -1, 1, -1, 1, 1, -1]
    votes = np.array([one] * first + [other] * second, dtype=float)
    rng = np.random.default_rng(3)
    return np.where(rng.random(votes.shape) < 0.05, rng.integers(-1, 2, votes.shape), votes)


async def planted(db: Database, first: int = 36, second: int = 24) -> OpinionPicture:
    await fill(db, SHARED + SPLIT, camps(first, second))
    return await opinion_picture(db, KeptResults(), HERE, NOW, member_id=ADA)


@pytest.mark.slow
async def test_planted_groups_are_found_with_what_unites_and_divides(db: Database) -> None:
    found = await planted(db)
    assert found.finding == "60 members fall in 2 groups; 2 statements unite them all"
    assert [(camp.letter, camp.size) for camp in found.camps] == [("A", 36), ("B", 24)]
    assert {line.claim for line in found.unites} == set(SHARED)
    assert {line.claim for line in found.divides} <= set(SPLIT)
    assert len(found.divides) == 4
    assert found.yours == "A"
    assert found.places.shape == (60, 2)
    assert np.bincount(found.camp_of).tolist() == [36, 24]
    agree = int((camps(36, 24)[:36, 0] == 1).sum()), int((camps(36, 24)[36:, 0] == 1).sum())
    [notice] = [line for line in found.unites if line.claim == SHARED[0]]
    assert notice.said == f"A {agree[0]} of 36 and B {agree[1]} of 24 agree"
    assert notice.number == 1
    assert all(camp.typical for camp in found.camps)
    assert re.fullmatch(
        r"Measured: a silhouette of 0\.[6-9]\d, an agreement of (1\.00|0\.9\d) with the groups of members "
        r"drawn anew and [1-9]\d\.\d standard deviations more than in shuffled votes\.",
        found.measures,
    )


@pytest.mark.slow
async def test_what_few_of_a_group_voted_on_is_not_told(db: Database) -> None:
    planted = camps(36, 24)
    votes = np.column_stack((planted, planted[:, [0, 1, 0, 1]]))
    votes[40:, [0, 2, 3, 4]] = np.nan  # four of the second group remain
    await fill(db, (*SHARED, *SPLIT, *(f"Shared claim {number}" for number in range(4))), votes)
    found = await opinion_picture(db, KeptResults(), HERE, NOW)
    assert [camp.size for camp in found.camps] == [36, 24]
    told = [*found.unites, *found.divides, *(line for camp in found.camps for line in camp.typical)]
    assert len(found.divides) == 3
    assert {SHARED[0], *SPLIT[:3]}.isdisjoint(line.claim for line in told)


async def test_ten_members_have_no_stable_groups(db: Database) -> None:
    found = await planted(db, 6, 4)
    assert found.finding == "No stable groups among 10 members"
    assert found.measures == ""
    assert "Groups need 20 people" in found.reason
    assert (found.camps, found.yours, found.places.size) == ((), "", 0)
    assert {line.claim for line in found.unites} >= set(SHARED)
    assert all(" of 10 agree" in line.said or " of 10 disagree" in line.said for line in found.unites)
    assert {line.claim for line in found.divides} <= set(SPLIT)
    assert found.divides[0].said.endswith("disagree of 10")


async def test_noise_has_no_groups_but_dots(db: Database) -> None:
    noise = np.random.default_rng(5).choice([1.0, -1.0], (40, 8))
    await fill(db, SHARED + SPLIT, noise)
    found = await opinion_picture(db, KeptResults(), HERE, NOW)
    assert found.finding == "No stable groups among 40 members"
    assert found.places.shape == (40, 2)
    assert set(found.camp_of.tolist()) == {-1}


def noise(people: int, statements: int = 16) -> np.ndarray:
    return np.random.default_rng(5).choice([1.0, -1.0], (people, statements))


MANY = tuple(f"Claim {number}" for number in range(16))


async def test_who_answers_everything_alike_is_told_and_left_out(db: Database) -> None:
    votes = np.vstack([noise(40), np.ones((8, 16)), np.zeros((1, 16))])
    await fill(db, MANY, votes)
    found = await opinion_picture(db, KeptResults(), HERE, NOW, member_id=ADA + 40)
    assert found.finding == "No stable groups among 49 members"
    assert found.remarks == (
        "9 members gave one answer to everything they voted on; chance doesn't explain it, so no group "
        "counts them.",
    )
    assert (found.participants, found.clustered, len(found.places)) == (49, 40, 40)
    assert (found.left_out, found.yours) == (True, "")
    assert not (await opinion_picture(db, KeptResults(), HERE, NOW, member_id=ADA)).left_out
    assert not (await opinion_picture(db, KeptResults(), HERE, NOW)).left_out


@pytest.mark.parametrize(
    ("agree", "disagree", "said"),
    [
        (3, 0, "Fewer than 5 members gave one answer to everything they voted on;"),
        (8, 0, "8 members agree with everything they voted on;"),
        (6, 5, "6 members agree with and 5 members disagree with everything they voted on;"),
    ],
)
async def test_of_fewer_than_five_it_is_not_told_what_they_answer(
    db: Database, agree: int, disagree: int, said: str
) -> None:
    await fill(db, MANY, np.vstack([noise(40), np.ones((agree, 16)), -np.ones((disagree, 16))]))
    [remark] = (await opinion_picture(db, KeptResults(), HERE, NOW)).remarks
    assert remark.startswith(said)


@pytest.mark.slow
async def test_copies_are_told(db: Database) -> None:
    votes = np.vstack([noise(40), np.tile(np.repeat([1.0, -1.0], 8), (20, 1))])
    await fill(db, MANY, votes)
    found = await opinion_picture(db, KeptResults(), HERE, NOW)
    size = found.camps[1].size
    assert 20 <= size < 25, "and some whose answers are much like those"
    assert found.remarks == (
        f"20 of {size} in group B gave exactly the same answers, which opinions alone hardly explain.",
    )


@pytest.mark.slow
async def test_what_is_too_close_to_tell_is_told_as_that(db: Database) -> None:
    chance = np.where(np.arange(60) < 30, 0.66, 0.34)[:, None]
    votes = np.where(np.random.default_rng(1).random((60, 20)) < chance, 1.0, -1.0)
    await fill(db, tuple(f"Claim {number}" for number in range(20)), votes)
    found = await opinion_picture(db, KeptResults(), HERE, NOW)
    assert found.finding == "Too close to tell whether 60 members fall in groups"
    assert "to be sure. More votes will tell." in found.reason
    assert (found.camps, found.yours) == ((), "")
    assert set(found.camp_of.tolist()) == {-1}


async def test_a_map_of_many_votes_is_waited_for(db: Database) -> None:
    await fill(db, MANY, noise(700))
    assert await waiting_line(db, HERE) == "Grouping 700 members by 11,200 votes …"
    for number in (1, 2):
        await hide_statement(db, HERE, number, ADA, "Twice", NOW, hidden=True)
    assert await waiting_line(db, HERE) == ""


async def test_fewer_than_five_votes_are_not_told(db: Database) -> None:
    await fill(db, SHARED + SPLIT, camps(4, 0))
    found = await opinion_picture(db, KeptResults(), HERE, NOW)
    assert (found.unites, found.divides) == ((), ())
    assert found.votes == 32


@pytest.mark.slow
async def test_who_deletes_their_data_leaves_the_map(db: Database) -> None:
    await planted(db, 20, 10)
    await delete(db, ADA)
    found = await opinion_picture(db, KeptResults(), HERE, NOW, member_id=ADA)
    assert (found.participants, found.yours) == (29, "")


async def test_what_is_hidden_is_not_on_the_map(db: Database) -> None:
    await planted(db, 6, 4)
    await hide_statement(db, HERE, 1, ADA, "Twice", NOW, hidden=True)
    found = await opinion_picture(db, KeptResults(), HERE, NOW)
    assert (found.statements, found.votes) == (7, 70)
    assert SHARED[0] not in {line.claim for line in found.unites}


async def test_without_a_vote_there_is_no_map(db: Database) -> None:
    with pytest.raises(ValueError, match="Nobody has voted on a statement here yet"):
        await opinion_picture(db, KeptResults(), HERE, NOW)


async def reads_of_votes(db: Database) -> list[str]:
    """The statements that read votes one by one, as they come."""
    asked: list[str] = []

    def note(sql: str) -> None:
        if "v.member_id, v.vote" in sql:
            asked.append(sql)

    await db.connection.set_trace_callback(note)
    return asked


@pytest.mark.slow
async def test_many_who_ask_at_once_have_one_map_and_a_vote_more_makes_another(db: Database) -> None:
    await fill(db, SHARED + SPLIT, camps(15, 15))
    kept, asked = KeptResults(), await reads_of_votes(db)
    shown = await asyncio.gather(*(opinion_picture(db, kept, HERE, NOW, member_id=ADA + n) for n in range(6)))
    assert len({each.finding for each in shown}) == 1
    assert len(asked) == 1, "all votes are read once"
    await opinion_picture(db, kept, HERE, NOW)
    assert len(asked) == 1
    assert await cast_vote(db, HERE, 1, ADA, -1, NOW + timedelta(hours=1)) == 1
    await opinion_picture(db, kept, HERE, NOW)
    assert len(asked) == 2, "a vote that was changed is another version"
    await delete(db, ADA)
    assert (await opinion_picture(db, kept, HERE, NOW)).participants == 29


async def test_a_press_reads_the_votes_of_all_now_and_then(db: Database) -> None:
    await fill(db, SHARED + SPLIT, camps(15, 15))
    kept, asked = KeptResults(), await reads_of_votes(db)
    for member in range(1, 10):
        turn = await next_turn(db, kept, HERE, member)
        assert turn.statement is not None
        await cast_vote(db, HERE, turn.statement.statement_id, member, 1, NOW)
    everybodys = [sql for sql in asked if "NULL IS NULL" in sql]
    assert len(asked) - len(everybodys) == 9, "one's own with every press"
    assert len(everybodys) <= 2, "nine votes more of 240 change little"
