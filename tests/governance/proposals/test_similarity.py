"""Near-duplicates are found, and what only shares small words is not."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.proposals.document import from_json
from governance.proposals.proposal import Proposal, read_proposal
from governance.proposals.similarity import FLOOR, nearest

FOLDER = Path(__file__).parents[3] / "data" / "examples"
SEEDS = {int(path.name[0]): from_json(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")}


def proposal(title: str, problem: str, change: str, kind: str = "other", **parameters: Any) -> Proposal:
    return read_proposal(
        {"title": title, "tournament": "classic", "kind": kind, "problem": problem, "change": change}
        | {"parameters": parameters}
    )


PLANTED = [
    (
        3,
        proposal(
            "Cap the meta model weight of every account",
            "A few of the largest stakes hold half of the meta model.",
            "Accounts weigh 1% of the meta model at most, whatever their stake.",
        ),
    ),
    (
        5,
        proposal(
            "Log of stake as weight",
            "A stake that is a hundred times larger should not weigh a hundred times more.",
            "Each account weighs the logarithm of its stake.",
        ),
    ),
    (
        6,
        proposal(
            "Refuse predictions that do not correlate with the example predictions",
            "Broken uploads enter the meta model with full stake.",
            "Below a correlation of 0.2 with the example predictions a model sits out the round.",
        ),
    ),
    (
        7,
        proposal(
            "Announce changes of rules eight weeks before",
            "The rules change within days and nobody knows what was decided.",
            "Every change of payout is published eight weeks before it takes effect.",
        ),
    ),
]


@pytest.mark.parametrize(("near", "planted"), PLANTED, ids=lambda value: getattr(value, "title", value))
def test_the_same_idea_in_other_words_is_found(near: int, planted: Proposal) -> None:
    found = nearest(planted, SEEDS)
    assert found[0][0] == near
    assert found[0][1] >= 0.3


def test_two_versions_of_one_change_are_alike_and_the_rest_is_not() -> None:
    for key, seed in SEEDS.items():
        others = {other: text for other, text in SEEDS.items() if other != key}
        assert [found for found, _ in nearest(seed, others)] == {1: [2], 2: [1]}.get(key, [])


def test_an_identical_text_is_as_near_as_can_be() -> None:
    for key, seed in SEEDS.items():
        (first, score), *_ = nearest(seed, SEEDS)
        assert first == key
        assert score == pytest.approx(1)


def test_something_else_altogether_is_like_nothing() -> None:
    other = proposal("Podcast", "Newcomers find it hard to meet us.", "A monthly podcast with a guest.")
    assert nearest(other, SEEDS) == ()
    only_small_words = proposal("It is what it is", "There are too many of them.", "That should not be so.")
    assert nearest(only_small_words, SEEDS) == ()


def test_the_same_numbers_make_two_proposals_more_alike() -> None:
    words = ("Whales", "Big stakes drown small ones.", "Bound what an account weighs.")
    other = ("Balance", "Influence follows money.", "Each account is bound.")
    apart = nearest(proposal(*words, stake_cap=0.01), {1: proposal(*other, stake_cap=0.05)})
    alike = nearest(proposal(*words, stake_cap=0.01), {1: proposal(*other, stake_cap=0.01)})
    assert apart == ()
    assert alike[0][1] > FLOOR
    # the same notice and review say nothing about the subject
    terms = {"notice_weeks": 8, "review_on": "2027-03-01", "compensation": "full"}
    assert nearest(proposal(*words, **terms), {1: proposal(*other, **terms)}) == ()


def test_case_punctuation_and_plurals_do_not_matter() -> None:
    one = proposal("Cap stakes", "Whales.", "A cap.")
    other = proposal("CAP: stake!", "whale", "a CAP")
    assert nearest(one, {4: other})[0][1] == pytest.approx(1)


def test_order_and_limit() -> None:
    one = proposal("Cap stakes", "Whales.", "A cap.")
    many = dict.fromkeys((9, 3, 7, 5), one)
    assert [key for key, _ in nearest(one, many)] == [3, 5, 7]
    assert [key for key, _ in nearest(one, many, limit=1)] == [3]
    assert nearest(one, {}) == ()
    assert nearest(proposal("🚀", "🚀", "!"), many) == ()


texts = st.text(alphabet="abc ", min_size=1, max_size=20).filter(str.strip)
drafts = st.builds(proposal, texts, texts, texts)


@given(drafts, st.dictionaries(st.integers(), drafts, max_size=4))
def test_likeness_is_a_share_and_never_below_the_floor(one: Proposal, others: dict[int, Proposal]) -> None:
    found = nearest(one, others, limit=9)
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)
    assert all(FLOOR <= score <= 1 for score in scores)
    assert {key for key, _ in found} <= others.keys()


@given(drafts, drafts)
def test_two_proposals_are_as_like_either_way(one: Proposal, other: Proposal) -> None:
    assert [score for _, score in nearest(one, {1: other})] == pytest.approx(
        [score for _, score in nearest(other, {1: one})]
    )


def test_seeds_are_read_as_written() -> None:
    assert sorted(SEEDS) == [1, 2, 3, 4, 5, 6, 7]
    for path in FOLDER.glob("*.json"):
        assert json.loads(path.read_text(encoding="utf-8"))["title"] == SEEDS[int(path.name[0])].title
