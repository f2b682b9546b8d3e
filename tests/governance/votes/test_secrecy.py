"""What may be shown of weighted results, tried by somebody who knows every stake and every shown number."""

import itertools
import math
from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from governance.votes.secrecy import OTHERS, STEP, PublicView, _Dealing, guarded_views
from governance.votes.strategies import Voter, weights

STAKED = ("verified_only", "log_stake", "sqrt_stake", "capped_stake", "linear_stake")


def voters_of(stakes: Any, verified: Any = None) -> list[Voter]:
    verified = [True] * len(stakes) if verified is None else verified
    return [Voter(f"m{i}", float(s), bool(v)) for i, (s, v) in enumerate(zip(stakes, verified, strict=True))]


def shares_of(views: tuple[PublicView, ...]) -> dict[str, dict[str, int]]:
    return {view.strategy: dict(view.shares) for view in views if view.shares is not None}


# ---------------------------------------------------------------- the attack


def every_dealing(n: int, first: int) -> np.ndarray:
    """Every way in which `first` of n voters can have said a and the others b."""
    chosen = np.array(list(itertools.combinations(range(n), first)))
    dealings = np.zeros((len(chosen), n), dtype=np.int64)
    np.put_along_axis(dealings, chosen, 1, axis=1)
    return dealings


def rounded(voters: list[Voter], strategy: str, dealings: np.ndarray) -> np.ndarray:
    """The published share of a in every dealing."""
    cast = weights(strategy, voters)
    scale = math.lcm(*(weight.denominator for weight in cast))
    whole = np.array([int(weight * scale) for weight in cast], dtype=object)
    exact = (dealings.astype(object) * whole).sum(axis=1)
    return np.array(
        [STEP * int(Fraction(100 * int(x), STEP * int(whole.sum())) + Fraction(1, 2)) for x in exact]
    )


def consistent(voters: list[Voter], said: dict[str, dict[str, int]], dealings: np.ndarray) -> np.ndarray:
    """The dealings which would have led to every one of the published shares."""
    left = np.arange(len(dealings))
    for strategy, shares in said.items():
        left = left[rounded(voters, strategy, dealings[left]) == shares.get("a", 0)]
    return dealings[left]


def known(left: np.ndarray) -> np.ndarray:
    """Which voters said the same in all dealings that are left."""
    return (left == left[0]).all(axis=0)


def election(seed: int, n: int, first: int, spread: float) -> tuple[list[Voter], list[str]]:
    rng = np.random.default_rng(seed)
    stakes = np.sort(rng.lognormal(3, spread, n))[::-1]
    ballots = ["a"] * first + ["b"] * (n - first)
    rng.shuffle(ballots)
    return voters_of(stakes), ballots


def unguarded(
    voters: list[Voter], ballots: list[str], *, half: bool, step: bool
) -> dict[str, Fraction | int]:
    """Shares of a as they are, or rounded to 5 points; half: not where one voter has more than half."""
    shown: dict[str, Fraction | int] = {}
    for strategy in STAKED:
        cast = weights(strategy, voters)
        if half and 2 * max(cast) > sum(cast):
            continue
        share = sum((w for w, b in zip(cast, ballots, strict=True) if b == "a"), Fraction(0)) / sum(cast)
        shown[strategy] = STEP * int(share * 100 / STEP + Fraction(1, 2)) if step else share
    return shown


@pytest.mark.parametrize("spread", [0.3, 1, 2.5])
def test_the_attack_succeeds_where_nothing_is_guarded(spread: float) -> None:
    dealings = every_dealing(12, 6)
    for seed in range(4):
        voters, ballots = election(seed, 12, 6, spread)
        cast = weights("linear_stake", voters)
        exact = unguarded(voters, ballots, half=False, step=False)["linear_stake"]
        whole = np.array([float(weight / sum(cast)) for weight in cast])
        left = dealings[np.abs(dealings @ whole - float(exact)) < 1e-9]
        assert known(left).all()  # by the linear view alone, every single ballot
        assert left[0].tolist() == [ballot == "a" for ballot in ballots]


def test_the_attack_succeeds_where_shares_are_only_rounded_and_no_voter_has_half() -> None:
    dealings = every_dealing(12, 6)
    largest = 0
    for seed in range(20):
        voters, ballots = election(seed, 12, 6, 1)
        said = unguarded(voters, ballots, half=True, step=True)
        left = consistent(voters, {strategy: {"a": int(share)} for strategy, share in said.items()}, dealings)
        largest += bool(known(left)[0])
    assert largest >= 15


def tried(seed: int, n: int, first: int, spread: float, dealings: np.ndarray) -> int:
    """The attack on what is shown of one election, which must fail; how many views with stakes are shown."""
    voters, ballots = election(seed, n, first, spread)
    truth = np.array([ballot == "a" for ballot in ballots])
    said = shares_of(guarded_views("single", ballots, ["a", "b"], voters, closed=True))
    left = consistent(voters, said, dealings)
    assert (left == truth).all(axis=1).any()  # the attacker is not misled
    assert not known(left).any()  # nobody's ballot, not only the largest holder's
    for insider in range(n):
        # nor anybody else's by a voter who knows their own
        assert known(left[left[:, insider] == truth[insider]]).sum() == 1
    return len(said.keys() - {"verified_only"})


@pytest.mark.parametrize(("spread", "least"), [(0.1, 6), (1, 0)])
def test_the_attack_fails_on_what_is_shown(spread: float, least: int) -> None:
    dealings = every_dealing(14, 7)
    assert sum(tried(seed, 14, 7, spread, dealings) for seed in range(2, 5)) >= least


@pytest.mark.slow
@pytest.mark.parametrize(("n", "first"), [(16, 8), (17, 6)])
def test_the_attack_fails_on_many_elections(n: int, first: int) -> None:
    dealings = every_dealing(n, first)
    shown = [
        tried(1000 + seed, n, first, spread, dealings)
        for spread in (0.1, 0.3, 0.6, 1, 2.5)
        for seed in range(8)
    ]
    assert sum(shown) >= 20  # there was something to attack


@pytest.mark.slow
def test_the_attack_fails_for_who_tries_the_guard_itself_on_every_way_of_having_voted() -> None:
    dealings = every_dealing(14, 7)
    for spread, seed in itertools.product((0.1, 0.3, 1), range(6)):
        voters, ballots = election(seed, 14, 7, spread)
        views = guarded_views("single", ballots, ["a", "b"], voters, closed=True)
        other = consistent(voters, shares_of(views), dealings)
        other = other[other[:, 0] != (ballots[0] == "a")]
        assert any(
            guarded_views("single", np.where(way, "a", "b").tolist(), ["a", "b"], voters, closed=True)
            == views
            for way in np.random.default_rng(seed).permutation(other)
        )


@pytest.mark.slow
@pytest.mark.parametrize("method", ["single", "approval", "gradient", "dots"])
def test_what_is_shown_of_other_methods_leaves_every_ballot_open(method: str) -> None:
    kinds: dict[str, list[Any]] = {
        "single": ["a", "b", "c"],
        "approval": [["a"], ["a", "b"], ["b"], ["c"], ["a", "c"]],
        "gradient": ["strong_for", "for", "neutral", "against", "strong_against"],
        "dots": [{"a": 2}, {"a": 1, "b": 1}, {"b": 2}],
    }
    shown = 0
    for seed in range(4):
        rng = np.random.default_rng(seed)
        voters = voters_of(rng.lognormal(3, 1, 60), rng.random(60) < 0.8)
        cast = [kinds[method][i] for i in rng.integers(0, len(kinds[method]), 60)]
        views = guarded_views(method, cast, ["a", "b", "c"], voters, closed=True)
        said = shares_of(views)
        shown += len(said)
        open_ = np.zeros(60, dtype=bool) if said else np.ones(60, dtype=bool)
        labels = list(next(iter(said.values()), {}))
        parts = np.array([[part(method, ballot, label, labels) for label in labels] for ballot in cast])
        columns = np.array([[float(weight) for weight in weights(name, voters)] for name in said])
        whole = np.array([list(shares.values()) for shares in said.values()])
        for _ in range(8000):
            # an attacker's search: one exchange of ballots or two, so that the list of ballots stays
            dealt = np.arange(60)
            for one, two in rng.integers(0, 60, (int(rng.integers(1, 3)), 2)):
                dealt[[one, two]] = dealt[[two, one]]
            found = columns @ parts[dealt] / columns.sum(axis=1, keepdims=True) * 100 if said else whole
            if (STEP * np.floor(found / STEP + 0.5) == whole).all():
                open_ |= (parts[dealt] != parts).any(axis=1)
        assert open_.all()
    assert shown >= 4


def part(method: str, ballot: Any, label: str, labels: list[str]) -> float:
    """How much of a ballot goes to a label that is shown."""
    if method in ("approval", "dots"):
        return float(label in ballot) if method == "approval" else ballot.get(label, 0) / 2
    sides = {} if "strong_for" in labels else {"strong_for": "for", "strong_against": "against"}
    return float(sides.get(ballot, ballot) == label)


# ---------------------------------------------------------------- by hand

EQUAL = voters_of([10.0] * 20)


def test_equal_stakes_are_shown_rounded() -> None:
    views = guarded_views("single", ["a"] * 13 + ["b"] * 7, ["a", "b"], EQUAL, closed=True)
    assert [view.strategy for view in views] == list(STAKED)
    for view in views:
        assert view.shares == {"a": 65, "b": 35}
        assert view.leaders == ("a",)
        assert (
            view.sentence == "Shares of the weight, rounded to 5 points; at least 5 members voted for each."
        )


def test_shares_are_rounded_half_up_and_a_tie_after_rounding_is_one() -> None:
    voters = voters_of([10.0] * 40)
    (view, *_) = guarded_views("single", ["a"] * 21 + ["b"] * 19, ["a", "b"], voters, closed=True)
    assert (view.shares, view.leaders) == ({"a": 55, "b": 50}, ("a",))  # 52.5 and 47.5
    voters = voters_of([10.0] * 49)
    (view, *_) = guarded_views("single", ["a"] * 25 + ["b"] * 24, ["a", "b"], voters, closed=True)
    assert (view.shares, view.leaders) == ({"a": 50, "b": 50}, ("a", "b"))


def sentences(*asked: Any, closed: bool = True) -> dict[str, str]:
    views = guarded_views(*asked, closed=closed)
    assert all((view.shares, view.leaders) == (None, ()) for view in views if "rounded" not in view.sentence)
    return {view.strategy: view.sentence for view in views}


def test_nothing_is_shown_before_the_close_nor_of_medians_and_rankings() -> None:
    ballots = ["a"] * 13 + ["b"] * 7
    early = sentences("single", ballots, ["a", "b"], EQUAL, closed=False)
    assert set(early.values()) == {"Weighted results are shown after the close."}
    for method, ballot in (("numeric", "0.05"), ("ranked_irv", ["a"]), ("ranked_schulze", ["a"])):
        told = sentences(method, [ballot] * 20, ["a", "b"], EQUAL)
        assert set(told.values()) == {
            "A weighted result of this method would be somebody's own ballot, so it is not shown."
        }


def test_a_side_of_fewer_than_five_is_not_shown() -> None:
    few = "Fewer than 5 voters stand behind one of the sides, so weights are not shown."
    for ballots in (["a"] * 16 + ["b"] * 4, ["a"] * 20, ["a"] * 16 + ["b", "c", "d", "e"]):
        assert set(sentences("single", ballots, list("abcde"), EQUAL).values()) == {few}
    assert set(sentences("single", [], ["a", "b"], []).values()) == {few}
    assert set(sentences("approval", [["a"]] * 16 + [["b"]] * 4, ["a", "b"], EQUAL).values()) == {few}


@pytest.mark.parametrize(
    ("counts", "labels"),
    [
        ({"a": 10, "b": 10}, {"a": 50, "b": 50}),
        ({"a": 10, "b": 5, "c": 3, "d": 2}, {"a": 50, "b": 25, OTHERS: 25}),
        (
            {"a": 9, "b": 7, "c": 4},
            {"a": 45, OTHERS: 55},
        ),  # the four are too few: the smallest side joins them
        ({"a": 10, "b": 5, "c": 5}, {"a": 50, "b": 25, "c": 25}),
    ],
)
def test_small_options_are_joined(counts: dict[str, int], labels: dict[str, int]) -> None:
    (view, *_) = guarded_views("single", list(Counter(counts).elements()), list("abcd"), EQUAL, closed=True)
    assert view.shares == labels


def test_gradients_collapse_to_their_sides() -> None:
    whole = ["strong_for", "for", "neutral", "against"]
    (view, *_) = guarded_views("gradient", whole * 5, [], EQUAL, closed=True)
    assert view.shares == dict.fromkeys(whole, 25)
    cast = ["strong_for"] * 2 + ["for"] * 8 + ["neutral"] * 5 + ["strong_against"] * 5
    (view, *_) = guarded_views("gradient", cast, [], EQUAL, closed=True)
    assert view.shares == {"for": 50, "neutral": 25, "against": 25}


def test_options_of_which_a_ballot_can_name_several_are_left_out() -> None:
    cast = [["a", "b"]] * 8 + [["a", "c"]] * 4 + [["d"]] * 8
    (view, *_) = guarded_views("approval", cast, list("abcd"), EQUAL, closed=True)
    assert view.shares == {"a": 60, "b": 40, "d": 40}
    dots = [{"a": 3, "b": 1}] * 10 + [{"b": 2}] * 5 + [{"c": 4}] * 5
    (view, *_) = guarded_views("dots", dots, list("abc"), EQUAL, closed=True)
    assert view.shares == {"a": 40, "b": 25, "c": 25}  # of 4 dots each: 30, 20 and 20 of 80
    (view, *_) = guarded_views("score", dots, list("abc"), EQUAL, closed=True)
    assert view.shares == {"a": 40, "b": 25, "c": 25}  # of scores of 4


def test_one_who_outweighs_all_others_and_too_few_with_weight() -> None:
    ballots = ["a"] * 13 + ["b"] * 7
    told = sentences("single", ballots, ["a", "b"], voters_of([1000.0] + [10.0] * 19))
    assert told["linear_stake"] == (
        "One voter has more than half of the weight, so its shares would be that voter's ballot."
    )
    assert "rounded" in told["capped_stake"]  # there all are equal
    told = sentences("single", ballots, ["a", "b"], voters_of([10.0] * 20, [True] * 9 + [False] * 11))
    few = "Fewer than 10 voters have weight under this strategy, so its shares are not shown."
    assert set(told.values()) == {few}
    told = sentences("single", ballots, ["a", "b"], voters_of([0.0] * 20))
    assert told["linear_stake"] == "Nobody who voted has weight under this strategy."


def test_one_who_moves_the_share_by_more_than_rounding_hides_is_not_shown() -> None:
    # 30 % of the weight, the others alike: no half, and yet each share would tell
    stakes = [30.0 * 19 / 70] + [1.0] * 19
    for first in ("a", "b"):
        told = sentences("single", [first] + ["a"] * 9 + ["b"] * 10, ["a", "b"], voters_of(stakes))
        assert told["linear_stake"] == (
            "With the stakes being public, these numbers could tell how a large holder voted."
        )
        assert "rounded" in told["capped_stake"]


def test_asking_again_tells_the_same_and_the_order_of_voters_tells_nothing() -> None:
    voters, ballots = election(3, 40, 22, 1)
    views = guarded_views("single", ballots, ["a", "b"], voters, closed=True)
    assert views == guarded_views("single", ballots, ["a", "b"], voters, closed=True)
    pairs = list(zip(ballots, voters, strict=True))[::-1]
    turned = guarded_views("single", [b for b, _ in pairs], ["a", "b"], [v for _, v in pairs], closed=True)
    assert turned == views


def test_abstentions_are_left_out() -> None:
    views = guarded_views("single", ["a"] * 13 + ["b"] * 7, ["a", "b"], EQUAL, closed=True)
    more = [*EQUAL, Voter("x", 1e6, True), Voter("y", 1e6, True)]
    assert (
        guarded_views("single", ["a"] * 13 + ["b"] * 7 + [None, ""], ["a", "b"], more, closed=True) == views
    )


def test_bad_voters_are_refused() -> None:
    with pytest.raises(ValueError, match="1 ballots do not fit 20 voters"):
        guarded_views("single", ["a"], ["a", "b"], EQUAL, closed=True)
    with pytest.raises(ValueError, match="A member can vote only once"):
        guarded_views("single", ["a", "b"], ["a", "b"], [EQUAL[0]] * 2, closed=True)


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), min_size=1, max_size=12))
def test_values_within_the_bounds_are_rounded_alike_and_the_next_ones_are_not(
    voters: list[tuple[int, bool]],
) -> None:
    column = [weight for weight, _ in voters]
    assume(sum(column))
    parts = [(Fraction(is_a), Fraction(not is_a)) for _, is_a in voters]
    dealing = _Dealing(parts, [column])

    def step(value: int) -> int:
        return math.floor(Fraction(100 * value, STEP * sum(column)) + Fraction(1, 2))

    for value, (low, high, whole) in zip(dealing.values, dealing.bounds, strict=True):
        assert (low <= value <= high, whole) == (True, sum(column))
        assert step(low) == step(value) == step(high)
        assert step(low - 1) < step(value) < step(high + 1)
