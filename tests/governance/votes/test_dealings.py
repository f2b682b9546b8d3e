"""The quick guard beside the plain one: the same verdicts of every poll, and exact where floats are not."""

import math
import random
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.votes.dealings import Column, Columns, Dealing, Parts
from governance.votes.secrecy import PublicView, guarded_views
from governance.votes.strategies import STRATEGIES, Voter, weights
from tests.governance.votes.plain_guard import plain_weights, plainly_guarded
from tests.governance.votes.voters import STAKED

pytestmark = pytest.mark.slow

NAMES = ["a", "b", "c", "d"]
STEPS = ["strong_for", "for", "neutral", "against", "strong_against"]
METHODS = ("single", "approval", "gradient", "score", "dots")


def verdicts(views: tuple[PublicView, ...]) -> list[PublicView]:
    """What is compared: the measures are not part of the plain guard."""
    return [replace(view, effective_voters=0.0, smallest_majority=0.0, top_three=0.0) for view in views]


def poll(
    method: str, seed: int, n: int, stakes: str, spread: float, names: int
) -> tuple[list[Any], list[Voter]]:
    """Ballots and voters by chance; stakes: alike, few different ones, whole, or of any size."""
    source = random.Random(seed)
    options = NAMES[:names]
    ballot: dict[str, Any] = {
        "single": lambda: source.choice(options),
        "approval": lambda: source.sample(options, source.randint(0, names)),
        "gradient": lambda: source.choice(STEPS),
        "score": lambda: {name: source.randint(0, 5) for name in options},
        "dots": lambda: {name: source.choice((0, 0, 2, 3, 6)) for name in options},
    }
    stake: dict[str, Any] = {
        "alike": lambda: 10.0,
        "few": lambda: source.choice((0.0, 1.0, 5.0, 5.5)),
        "whole": lambda: float(source.randint(1, 12)),
        "any": lambda: source.lognormvariate(3, spread),
    }
    ballots = [ballot[method]() for _ in range(n)]
    verified = source.choice((1.0, 0.9, 0.7))
    return ballots, [Voter(f"m{i}", stake[stakes](), source.random() < verified) for i in range(n)]


POLLS = {
    "method": st.sampled_from(METHODS),
    "seed": st.integers(0, 10**9),
    "n": st.integers(10, 40),
    "stakes": st.sampled_from(("alike", "few", "whole", "any")),
    "spread": st.sampled_from((0.01, 0.05, 0.1, 0.3, 0.6, 1.0, 1.5)),
    "names": st.integers(2, 4),
}


def same(asked: dict[str, Any]) -> set[str]:
    """Hold both guards side by side; the sentences they agree on."""
    ballots, voters = poll(**asked)
    options = NAMES[: asked["names"]]
    quick = guarded_views(asked["method"], ballots, options, voters, closed=True)
    plain = plainly_guarded(asked["method"], ballots, options, voters, closed=True)
    assert verdicts(quick) == verdicts(plain)
    return {view.sentence for view in quick}


@settings(max_examples=40)
@given(st.fixed_dictionaries(POLLS))
def test_every_verdict_is_that_of_the_plain_guard(asked: dict[str, Any]) -> None:
    same(asked)


@pytest.mark.long
@pytest.mark.slow
@settings(max_examples=150)
@given(st.fixed_dictionaries(POLLS))
def test_every_verdict_of_many_polls_is_that_of_the_plain_guard(asked: dict[str, Any]) -> None:
    same(asked)


@pytest.mark.parametrize("method", METHODS)
def test_shown_and_given_up_alike_where_the_guard_has_to_search(method: str) -> None:
    sentences: set[str] = set()
    for seed in range(12):
        spread = (0.1, 0.6, 1.5)[seed % 3]
        asked = {"method": method, "seed": seed, "n": 40, "stakes": "any", "spread": spread, "names": 2}
        sentences |= same(asked)
    assert any("rounded" in sentence for sentence in sentences)
    assert any("could tell" in sentence for sentence in sentences)


def test_shares_that_lie_on_the_edge_of_a_step_are_told_apart_exactly() -> None:
    # 52.5 % of equal stakes is the lowest that is rounded to 55: nothing may go down by any amount, however
    # small, and a float can't see the last of these amounts
    for least in (0.0, 2.0**-40, 2.0**-60):
        stakes = [Fraction(10) + (Fraction(least) if i == 0 else 0) for i in range(40)]
        voters = [Voter(f"m{i}", stake, True) for i, stake in enumerate(stakes)]
        ballots = ["b"] + ["a"] * 21 + ["b"] * 18
        quick = guarded_views("single", ballots, ["a", "b"], voters, closed=True)
        assert verdicts(quick) == verdicts(
            plainly_guarded("single", ballots, ["a", "b"], voters, closed=True)
        )


@given(
    st.lists(
        st.tuples(st.integers(0, 2**200), st.integers(0, 2), st.integers(0, 2**70)), min_size=1, max_size=9
    ),
    st.integers(0, 70),
)
def test_sums_are_exact_at_any_size(cast: list[tuple[int, int, int]], bits: int) -> None:
    rows = [(small, large >> (70 - bits)) for _, small, large in cast]
    parts, column = Parts(rows, 1), Column([weight + 1 for weight, _, _ in cast])
    expected = [
        sum((weight + 1) * row[at] for (weight, _, _), row in zip(cast, rows, strict=True)) for at in (0, 1)
    ]
    assert column.sums(parts, parts.of) == expected


@given(
    st.lists(st.tuples(st.floats(0, 1e12), st.booleans()), min_size=1, max_size=20),
    st.sampled_from(STAKED),
)
def test_weights_are_those_of_plain_arithmetic(held: list[tuple[float, bool]], strategy: str) -> None:
    voters = [Voter(f"m{i}", stake, verified) for i, (stake, verified) in enumerate(held)]
    assert weights(strategy, voters) == plain_weights(strategy, voters)


def test_a_logarithm_on_the_edge_of_its_last_decimal_is_cut_off_exactly() -> None:
    # stakes whose ln(1 + stake) is a number of 12 decimals, as near as a float's neighbour can come to it
    source = random.Random(5)
    for _ in range(200):
        stake = math.expm1(source.randrange(10**10, 2 * 10**13) / 10**12)
        for near in (math.nextafter(stake, 0), stake, math.nextafter(stake, math.inf)):
            voters = [Voter("m", near, True)]
            assert weights("log_stake", voters) == plain_weights("log_stake", voters)


def test_hiding_together_is_hiding_one_by_one() -> None:
    source = random.Random(3)
    seen: set[bool] = set()
    for _ in range(40):
        n = source.randint(10, 30)
        parts = Parts([source.choice(((1, 0), (0, 1))) for _ in range(n)], 1)
        columns = [
            Column([round(source.lognormvariate(5, spread)) + 1 for _ in range(n)]) for spread in (0.1, 0.8)
        ]
        dealing = Dealing(parts, Columns(columns), parts.of, [each.sums(parts, parts.of) for each in columns])
        one_by_one = [dealing.hide([voter]) for voter in range(n)]
        assert dealing.hide(range(n)) == all(one_by_one)
        seen |= set(one_by_one)
    assert seen == {True, False}


def test_every_strategy_with_stakes_is_guarded() -> None:
    assert tuple(STRATEGIES)[1:] == STAKED
    assert np.isnan(guarded_views("single", [], ["a"], [], closed=True)[0].effective_voters)
