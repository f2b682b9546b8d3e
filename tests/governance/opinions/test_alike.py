"""Who answers everything alike: made-up people whom nothing explains, and camps that are of that opinion."""

import math

import numpy as np
import pytest

from governance.opinions.alike import copies, straight_liners
from governance.opinions.map import NO_GROUPS, opinion_map
from tests.governance.opinions.votes import rng, triples


def crowd(
    seed: int, people: int = 40, statements: int = 20, low: float = 0.1, high: float = 0.9
) -> np.ndarray:
    """People who answer from the same chances."""
    source = rng(seed)
    return np.where(source.random((people, statements)) < source.uniform(low, high, statements), 1.0, -1.0)


def with_lines(votes: np.ndarray, *lines: float, times: int = 8) -> np.ndarray:
    return np.vstack([votes, *(np.full((times, votes.shape[1]), line) for line in lines)])


@pytest.mark.parametrize("lines", [(1,), (-1,), (0,), (1, -1), (1, -1, 0)])
def test_those_who_answer_everything_alike_make_no_group(lines: tuple[int, ...]) -> None:
    for seed in range(3):
        found = opinion_map(triples(with_lines(crowd(seed), *lines)))
        assert (found.verdict, found.groups) == (NO_GROUPS, ())
        assert {each.vote: len(each.members) for each in found.alike} == dict.fromkeys(lines, 8)
        members = [member for each in found.alike for member in each.members]
        assert sorted(members) == list(range(40, 40 + 8 * len(lines)))
        assert found.clustered == 40
        assert found.participants == 40 + 8 * len(lines)
        assert np.isnan(found.positions[members]).all()


def test_real_groups_stay_when_straight_liners_leave() -> None:
    side = np.repeat([[1.0, -1.0] * 6, [-1.0, 1.0] * 6], [25, 15], axis=0)
    votes = np.where(rng(2).random(side.shape) < 0.1, -side, side)
    found = opinion_map(triples(with_lines(votes, 1, times=6)))
    assert [group.members for group in found.groups] == [tuple(range(25)), tuple(range(25, 40))]
    assert [(each.vote, each.members) for each in found.alike] == [(1, tuple(range(40, 46)))]


def test_to_agree_with_what_everybody_agrees_with_is_no_sign() -> None:
    votes = with_lines(crowd(1, statements=12, low=0.93, high=0.99), 1, times=4)
    assert np.isnan(straight_liners(votes)).all()


@pytest.mark.parametrize(("answers", "noticed"), [(6, False), (7, True), (20, True)])
def test_of_fewer_than_seven_answers_it_can_t_be_told(answers: int, noticed: bool) -> None:
    votes = with_lines(crowd(3, low=0.3, high=0.5), 1, times=6)
    votes[40:, answers:] = np.nan
    assert np.isnan(straight_liners(votes)[:40]).all()
    assert ((straight_liners(votes)[40:] == 1) == noticed).all()


def test_one_who_answers_seven_is_no_sign_where_most_agree_with_those() -> None:
    votes = crowd(4, low=0.4, high=0.6)
    votes[:, :7] = np.where(rng(5).random((40, 7)) < 0.9, 1, -1)
    votes[:6, 7:] = np.nan
    votes[:6, :7] = 1
    assert np.isnan(straight_liners(votes)).all()


@pytest.mark.parametrize("noise", [0.02, 0.05, 0.1])
@pytest.mark.parametrize("statements", [8, 12, 20])
def test_camps_that_agree_with_nearly_everything_are_camps(noise: float, statements: int) -> None:
    # all statements were written by one side: its members agree with all but a few, and the others with none
    side = np.repeat([np.ones(statements), -np.ones(statements)], 30, axis=0)
    for seed in range(4):
        votes = np.where(rng(seed).random(side.shape) < noise, -side, side)
        assert np.isnan(straight_liners(votes)).all()


def test_the_counts_by_hand() -> None:
    # 12 disagree with all but one of 10 statements, each statement is that one at least once: a share of
    # (108 + 2 x .9) / 122 of disagreement on average; all but none has a chance of about .9 ** 10 = .35
    most = np.full((12, 10), -1.0)
    most[np.arange(12), np.arange(12) % 10] = 1
    assert np.isnan(straight_liners(with_lines(most, -1, times=4))).all()
    assert np.isnan(straight_liners(np.full((3, 8), math.nan))).all()
    assert straight_liners(np.empty((0, 0))).size == 0


def test_copies_are_counted_and_told() -> None:
    same = np.tile(rng(7).choice([1.0, -1.0], 20), (16, 1))
    found = opinion_map(triples(np.vstack([crowd(7), same])))
    assert found.alike == ()
    assert [group.copies for group in found.groups] == [0, 16]


def test_who_votes_alike_because_they_think_alike_has_not_copied() -> None:
    same = np.tile(rng(7).choice([1.0, -1.0], 20), (8, 1))
    assert copies(np.vstack([crowd(7), same])) == 8
    assert copies(crowd(7)) == 0
    assert copies(same[:, :6]) == 0, "six answers are easily the same"
    assert copies(np.empty((0, 3))) == 0
    camp = np.tile(same, (4, 1))
    for seed in range(5):
        assert copies(np.where(rng(seed).random(camp.shape) < 0.05, -camp, camp)) == 0
