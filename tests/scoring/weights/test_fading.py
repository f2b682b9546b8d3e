"""How fast weight leaves: by the closed form, by hand without luck, and where it never does."""

import math

import numpy as np
import pytest

from scoring.weights.fading import Fading, Scored, rounds_to_halve, simulated_fading

STAKES = np.linspace(1, 2, 40)


def by_stake(stakes: np.ndarray, scores: np.ndarray, errors: np.ndarray) -> np.ndarray:
    return stakes


def by_rank(stakes: np.ndarray, scores: np.ndarray, errors: np.ndarray) -> np.ndarray:
    return np.argsort(np.argsort(scores)) + 1.0


def fading(weigh, paid: Scored, pay: float, recorded: Scored | None = None, **more: int) -> Fading:
    [found] = simulated_fading(
        [weigh], STAKES, 20, rng=np.random.default_rng(6), pay=pay, paid=paid, recorded=recorded, **more
    )
    return found


@pytest.mark.parametrize(("multiplier", "weeks"), [(1, 38.5), (2, 19.3)])
def test_a_stake_that_compounds_as_the_closed_form_has_it(multiplier: int, weeks: float) -> None:
    """At a factor of .45 a fall by .04 CORR halves the relative weight in 38 weekly rounds, and in 19."""
    pay = 0.45 * multiplier
    assert rounds_to_halve(pay, 0.04) == pytest.approx(weeks, abs=0.1)
    found = fading(by_stake, Scored(0.04, 0, 0), pay, paths=2)
    # weights are looked at in steps of a tenth; nobody else is above or below
    assert (found.leaves >= weeks * 0.95).all()
    assert (found.leaves <= weeks * 1.15).all()
    assert (found.returns <= found.leaves * 1.15).all()
    luck = fading(by_stake, Scored(0.04, 0.003, 0.016), pay, paths=30)
    assert Fading.quantile(luck.leaves, 0.5) == pytest.approx(weeks, rel=0.2)
    assert np.ptp(luck.leaves) > 0


def test_no_skill_and_no_pay_is_never() -> None:
    assert rounds_to_halve(0.45, 0) == rounds_to_halve(0, 0.04) == rounds_to_halve(0.45, -0.01) == math.inf
    with pytest.raises(ValueError, match=r"^Pay and skill must be numbers\.$"):
        rounds_to_halve(math.nan, 0.1)
    found = fading(by_stake, Scored(0, 0, 0), 0.45, paths=2, horizon=50)
    assert np.isinf(found.leaves).all()
    assert np.isinf(found.returns).all()
    assert Fading.quantile(found.leaves, 0.5) == math.inf


def test_a_rank_forgets_as_slowly_as_its_record_is_long() -> None:
    """A rank of a score without skill, or by a long record, keeps a weight that the stake has lost."""
    paid = Scored(0.02, 0.005, 0.016)
    short, long = (fading(by_rank, paid, 0.45, record=each, paths=15) for each in (20, 200))
    assert Fading.quantile(short.leaves, 0.5) < Fading.quantile(long.leaves, 0.5)
    luck = fading(by_rank, paid, 0.45, Scored(0, 0, 1e-9), record=400, horizon=60, paths=15)
    assert np.isinf(luck.leaves).mean() > 0.5
    # a round is on record only once it has resolved
    sudden = fading(by_rank, Scored(1, 0.001, 0), 0, record=1, overlap=5, paths=2)
    assert (sudden.leaves >= 6).all()


def test_equal_weights_never_leave_and_all_schemes_see_the_same_luck() -> None:
    paid = Scored(0.02, 0.005, 0.016)

    def equal(stakes: np.ndarray, scores: np.ndarray, errors: np.ndarray) -> np.ndarray:
        return np.ones(stakes.size)

    alone = fading(by_stake, paid, 0.45, paths=3)
    both = simulated_fading(
        [equal, by_stake], STAKES, 20, rng=np.random.default_rng(6), pay=0.45, paid=paid, paths=3
    )
    assert np.isinf(both[0].leaves).all()
    np.testing.assert_array_equal(both[1].leaves, alone.leaves)
    np.testing.assert_array_equal(both[1].returns, alone.returns)


def test_all_stake_in_one_and_one_alone() -> None:
    for stakes in (np.array([1.0]), np.array([5.0, 0.0])):
        [found] = simulated_fading(
            [by_stake],
            stakes,
            0,
            rng=np.random.default_rng(1),
            pay=0.45,
            paid=Scored(0.04, 0, 0.01),
            paths=2,
            horizon=60,
        )
        assert np.isinf(found.leaves).all(), "all of the weight can't leave"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"holder": 40}, "The holder must be one of those with a stake."),
        ({"holder": -1}, "The holder must be one of those with a stake."),
        ({"stakes": np.zeros(40)}, "The holder must be one of those with a stake."),
        ({"stakes": -STAKES}, "A stake must be a finite number of 0 or more"),
        ({"pay": -1.0}, "Pay, skill and luck must be finite numbers of 0 or more."),
        ({"paid": Scored(math.nan, 0, 0)}, "Pay, skill and luck must be finite numbers of 0 or more."),
        ({"paths": 0}, "Rounds and paths are counted from 1."),
        ({"horizon": 0}, "Rounds and paths are counted from 1."),
    ],
)
def test_what_is_refused(change: dict[str, object], sentence: str) -> None:
    given: dict[str, object] = {
        "stakes": STAKES,
        "holder": 20,
        "pay": 0.4,
        "paid": Scored(0.1, 0, 0),
    } | change
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the sentence is compared
        simulated_fading([by_stake], rng=np.random.default_rng(1), **given)  # type: ignore[arg-type]
    assert str(refused.value).startswith(sentence)
