"""Whoever knows the shares tries to work out ballots."""

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from governance.votes.dealings import STEP
from governance.votes.secrecy import PublicView, guarded_views
from governance.votes.strategies import Voter, weights
from tests.governance.votes.voters import STAKED, election, voters_of


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
    step = STEP * whole.sum()  # Python's integers, which are exact at any size
    return STEP * ((200 * (dealings.astype(object) @ whole) + step) // (2 * step))


def consistent(voters: list[Voter], said: dict[str, dict[str, int]], dealings: np.ndarray) -> np.ndarray:
    """The dealings which would have led to every one of the published shares."""
    left = np.arange(len(dealings))
    for strategy, shares in said.items():
        left = left[rounded(voters, strategy, dealings[left]) == shares.get("a", 0)]
    return dealings[left]


def known(left: np.ndarray) -> np.ndarray:
    """Which voters said the same in all dealings that are left."""
    return (left == left[0]).all(axis=0)


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


@pytest.mark.slow
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


@pytest.mark.slow
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
        for seed in range(2)
    ]
    assert sum(shown) >= 5  # there was something to attack


@pytest.mark.slow
def test_the_attack_fails_for_who_tries_the_guard_itself_on_every_way_of_having_voted() -> None:
    dealings = every_dealing(14, 7)
    for spread, seed in itertools.product((0.1, 0.3, 1), range(3)):
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
    for seed in range(2):
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
        for _ in range(6000):
            # an attacker's search: one exchange of ballots or two, so that the list of ballots stays
            dealt = np.arange(60)
            for one, two in rng.integers(0, 60, (int(rng.integers(1, 3)), 2)):
                dealt[[one, two]] = dealt[[two, one]]
            found = columns @ parts[dealt] / columns.sum(axis=1, keepdims=True) * 100 if said else whole
            if (STEP * np.floor(found / STEP + 0.5) == whole).all():
                open_ |= (parts[dealt] != parts).any(axis=1)
        assert open_.all()
    assert shown >= 2


def part(method: str, ballot: Any, label: str, labels: list[str]) -> float:
    """How much of a ballot goes to a label that is shown."""
    if method in ("approval", "dots"):
        return float(label in ballot) if method == "approval" else ballot.get(label, 0) / 2
    sides = {} if "strong_for" in labels else {"strong_for": "for", "strong_against": "against"}
    return float(sides.get(ballot, ballot) == label)
