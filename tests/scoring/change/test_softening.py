"""What softening a change costs: three accounts by hand, pandas, and what must hold whatever was paid."""

import dataclasses
import itertools
import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.change.difference import account_pay
from scoring.change.softening import (
    Softening,
    SofteningCosts,
    phase_in_share,
    soften,
    softening_costs,
    transition_pay,
)
from tests.scoring.sentences import without_places

unhurried = settings(deadline=None, max_examples=30)  # a busy machine is no failure
pay = st.integers(-(10**6), 10**6).map(lambda thousandths: thousandths / 1000)
rows = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5), pay, pay), min_size=1, max_size=40)
terms = st.tuples(*[st.integers(0, 8)] * 3)

# account, period, old, new: the third account comes in period 1
THREE_BY_FOUR = [
    *[(0, 0, 4, 1), (0, 1, 2, 1), (0, 2, 2, 2), (0, 3, 2, 1)],  # -3, -1, 0, -1
    *[(1, 0, 2, 2), (1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 4, 6)],  # 0, -1, 0, +2
    *[(2, 1, 1, 0), (2, 2, 1, 1), (2, 3, 2, 1)],  # -1, 0, -1
]


def costs(of: list[tuple], notice: int = 0, phase_in: int = 0, grandfather: int = 0) -> SofteningCosts:
    account, period, old, new = zip(*of, strict=True)
    return softening_costs(
        old, new, account, period, notice=notice, phase_in=phase_in, grandfather=grandfather
    )


def check(got: Softening, cost: list[float], saved: list[float], losers: int) -> None:
    np.testing.assert_allclose(got.cost_by_period, cost, atol=1e-14)
    np.testing.assert_allclose(got.saved_by_period, saved, atol=1e-14)
    assert (got.cost, got.saved) == (pytest.approx(sum(cost)), pytest.approx(sum(saved)))
    assert got.withheld == pytest.approx(sum(saved) - sum(cost))
    assert got.losers == losers


# ---------------------------------------------------------------- by hand


def test_notice_by_hand() -> None:
    got = costs(THREE_BY_FOUR, notice=2)
    # all three lose 6 in the first two periods; the second, which gains in all, is 1 of it
    check(got.notice, [3, 3, 0, 0], [3, 2, 0, 0], losers=2)
    assert got.notice.withheld == -1
    assert got.together.cost == 6
    assert got.phase_in.cost == got.grandfather.cost == 0


def test_a_phase_in_by_hand() -> None:
    got = costs(THREE_BY_FOUR, phase_in=4)  # shares of the old rule: 1, 3/4, 1/2, 1/4
    check(got.phase_in, [3, 2.25, 0, 0], [3, 1.5, 0, 0.5], losers=2)
    assert got.notice.cost == got.grandfather.cost == 0


def test_grandfathering_by_hand() -> None:
    got = costs(THREE_BY_FOUR, grandfather=2)  # not the third, which came later
    check(got.grandfather, [3, 2, 0, 0], [3, 1, 0, 0], losers=2)
    for_good = costs(THREE_BY_FOUR, grandfather=4)
    check(for_good.grandfather, [3, 2, 0, -1], [3, 1, 0, 1], losers=1)


def test_all_three_together_by_hand() -> None:
    got = costs(THREE_BY_FOUR, phase_in=4, grandfather=2)
    check(got.together, [3, 2.75, 0, 0], [3, 1.75, 0, 0.5], losers=2)
    got = costs(THREE_BY_FOUR, notice=1, phase_in=2, grandfather=1)  # 1, 1, 1/2, 0
    check(got.together, [3, 3, 0, 0], [3, 2, 0, 0], losers=2)
    check(got.phase_in, [3, 1.5, 0, 0], [3, 1, 0, 0], losers=2)


def test_full_compensation_by_hand() -> None:
    assert costs(THREE_BY_FOUR).compensation == 7  # 5 to the first, 2 to the third
    assert costs([(0, 0, 1, 1)]).compensation == 0


def test_softening_a_raise_is_paid_by_the_members() -> None:
    got = costs([(0, 0, 1, 3), (0, 1, 1, 3)], notice=1).notice
    assert (got.cost, got.saved, got.withheld, got.losers) == (-2, 0, 2, 0)


@pytest.mark.parametrize(
    ("notice", "phase_in", "expected"),
    [
        (0, 0, [0, 0, 1, 1, 1, 1, 1]),
        (2, 0, [0, 0, 0, 0, 1, 1, 1]),
        (0, 4, [0, 0, 0, 0.25, 0.5, 0.75, 1]),
        (1, 2, [0, 0, 0, 0, 0.5, 1, 1]),
        (9, 9, [0, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_share_of_the_new_rule_by_hand(notice: int, phase_in: int, expected: list[float]) -> None:
    # the new rule takes effect in round 600
    np.testing.assert_array_equal(phase_in_share(range(598, 605), 600, notice, phase_in), expected)


def test_pay_in_transition_by_hand() -> None:
    np.testing.assert_allclose(transition_pay([4, 4, 4], [8, 8, -4], [0, 0.25, 0.5]), [4, 5, 0])
    # what is not yet known under a rule that has no share does not matter
    got = transition_pay([math.nan, 1, 1, math.nan], [2, math.nan, math.nan, 2], [1, 0, 0.5, 0.5])
    np.testing.assert_array_equal(got, [2, 1, math.nan, math.nan])
    assert transition_pay([], [], []).shape == (0,)


# ---------------------------------------------------------------- edges


def test_no_rows_cost_nothing() -> None:
    got = softening_costs([], [], [], [], notice=3, phase_in=2, grandfather=1)
    assert got.compensation == 0
    for one in (got.notice, got.phase_in, got.grandfather, got.together):
        assert (one.cost, one.saved, one.withheld, one.losers) == (0, 0, 0, 0)
        assert one.cost_by_period.shape == one.saved_by_period.shape == (0,)


def test_nothing_is_never_minus_nothing() -> None:
    got = costs([(0, 0, 0, 0), (0, 1, 5, 5), (1, 1, 2, 1)], notice=1, phase_in=1)
    for one in (got.notice, got.phase_in, got.grandfather, got.together):
        values = [one.cost, one.saved, one.withheld, *one.cost_by_period, *one.saved_by_period]
        assert not [value for value in values if value == 0 and math.copysign(1, value) < 0]
    assert math.copysign(1, costs([(0, 0, 1, 2)]).compensation) == 1


def test_an_account_back_to_what_it_had_but_for_rounding_loses_nothing() -> None:
    got = costs([(0, 0, 0.1, 0.0), (0, 1, 0.2, 0.0), (0, 2, 0.3, 0.0)], notice=3)
    assert got.notice.losers == 0


# ---------------------------------------------------------------- pandas, row by row


@pytest.mark.slow
@unhurried
@given(rows, terms)
def test_costs_are_what_paying_row_by_row_gives(of: list[tuple], given_terms: tuple[int, int, int]) -> None:
    frame = pd.DataFrame(of, columns=["account", "period", "old", "new"])
    notice, phase_in, grandfather = given_terms
    early = frame["account"].isin(frame.loc[frame["period"] == 0, "account"])
    spared = early & (frame["period"] < grandfather)
    share = {
        "notice": (frame["period"] >= notice).astype(float),
        "phase_in": (frame["period"] / phase_in).clip(0, 1) if phase_in else frame["period"] * 0 + 1.0,
        "grandfather": 1.0 - spared,
    }
    both = ((frame["period"] - notice) / phase_in).clip(0, 1) if phase_in else share["notice"]
    share["together"] = both.where(~spared, 0.0)
    got = costs(of, *given_terms)
    difference = (frame["new"] - frame["old"]).groupby(frame["account"]).sum()
    loses = frame["account"].map(difference < -1e-9)
    for name, of_new in share.items():
        paid = transition_pay(frame["old"], frame["new"], of_new)
        more = paid - frame["new"]
        one: Softening = getattr(got, name)
        assert one.cost == pytest.approx(more.sum(), abs=1e-6)
        assert one.saved == pytest.approx(more[loses].sum(), abs=1e-6)
        assert one.withheld == pytest.approx(-more[~loses].sum(), abs=1e-6)
        by_period = more.groupby(frame["period"]).sum().reindex(range(len(one.cost_by_period)), fill_value=0)
        np.testing.assert_allclose(one.cost_by_period, by_period, atol=1e-6)
        left = (paid - frame["old"]).groupby(frame["account"]).sum()
        assert one.losers == (left < -1e-6).sum()
    assert got.compensation == pytest.approx(-difference.clip(upper=0).sum(), abs=1e-6)


# ---------------------------------------------------------------- properties


@unhurried
@given(rows, terms)
def test_what_the_payer_pays_is_saved_and_not_withheld(of: list[tuple], given: tuple[int, int, int]) -> None:
    got = costs(of, *given)
    for one in (got.notice, got.phase_in, got.grandfather, got.together):
        assert one.cost == pytest.approx(one.saved - one.withheld, abs=1e-6)
        assert one.cost == pytest.approx(one.cost_by_period.sum(), abs=1e-6)
        assert one.saved == pytest.approx(one.saved_by_period.sum(), abs=1e-6)


@pytest.mark.slow
@unhurried
@given(rows)
def test_no_terms_are_the_new_rule_at_once(of: list[tuple]) -> None:
    got = costs(of)
    losers = (account_pay(*[[row[c] for row in of] for c in (2, 3, 0, 1)]).difference < 0).sum()
    for one in (got.notice, got.phase_in, got.grandfather, got.together):
        assert (one.cost, one.saved, one.withheld, one.losers) == (0, 0, 0, losers)


@pytest.mark.slow
@unhurried
@given(rows)
def test_longer_terms_cost_more_when_the_change_is_a_cut(of: list[tuple]) -> None:
    cut = [(account, period, old, old - abs(new)) for account, period, old, new in of]
    for name in ("notice", "phase_in", "grandfather"):
        paid = [getattr(costs(cut, **{name: length}), name) for length in range(8)]
        assert all(more.cost >= less.cost - 1e-9 for less, more in itertools.pairwise(paid))
        assert all(more.losers <= less.losers for less, more in itertools.pairwise(paid))
        assert all(one.withheld == pytest.approx(0, abs=1e-9) for one in paid)
        assert paid[-1].cost <= costs(cut).compensation + 1e-9


@unhurried
@given(rows)
def test_the_old_rule_over_the_whole_record_is_the_old_pay(of: list[tuple]) -> None:
    present = [*of, *((account, 0, 0.0, 0.0) for account in range(5))]  # nobody comes later
    got = costs(present, notice=6, grandfather=6)
    old, new = np.array(present)[:, 2:].T
    assert got.grandfather.losers == got.notice.losers == 0
    assert got.grandfather.cost == pytest.approx(old.sum() - new.sum(), abs=1e-6)
    assert got.notice.cost == pytest.approx(old.sum() - new.sum(), abs=1e-6)
    assert got.grandfather.saved == pytest.approx(got.compensation, abs=1e-6)


@unhurried
@given(rows)
def test_after_full_compensation_nobody_loses(of: list[tuple]) -> None:
    account, period, old, new = map(np.array, zip(*of, strict=True))
    before = account_pay(old, new, account, period)
    losses = np.maximum(0, -before.difference)
    paid_out = np.flatnonzero(losses)
    after = account_pay(
        [*old, *np.zeros(paid_out.size)],
        [*new, *losses[paid_out]],
        [*account, *paid_out],
        [*period, *np.zeros(paid_out.size, dtype=int)],
    )
    assert not (after.difference < 0).any()
    assert soften(before).compensation == pytest.approx(losses.sum())
    assert soften(after).compensation == 0


def test_the_order_of_rows_does_not_matter_and_results_can_not_be_changed() -> None:
    got, again = costs(THREE_BY_FOUR, 1, 2, 3), costs(THREE_BY_FOUR[::-1], 1, 2, 3)
    assert got.together.cost == again.together.cost
    np.testing.assert_array_equal(got.together.saved_by_period, again.together.saved_by_period)
    with pytest.raises(dataclasses.FrozenInstanceError):
        got.compensation = 0.0  # type: ignore[misc]


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: costs(THREE_BY_FOUR, notice=-1),
            "A notice, a phase-in and grandfathering last a whole number of rounds, 0 or more.",
        ),
        (
            lambda: costs(THREE_BY_FOUR, phase_in=1.5),  # type: ignore[arg-type]
            "A notice, a phase-in and grandfathering last a whole number of rounds, 0 or more.",
        ),
        (
            lambda: costs(THREE_BY_FOUR, grandfather=-2),
            "A notice, a phase-in and grandfathering last a whole number of rounds, 0 or more.",
        ),
        (lambda: phase_in_share("soon", 1, 0, 0), "The rounds must be numbers."),
        (lambda: transition_pay([1], [1], [1.1]), "The share of the new rule must be between 0 and 1."),
        (lambda: transition_pay([1], [1], [math.nan]), "The share of the new rule must be between 0 and 1."),
        (lambda: transition_pay("x", [1], [1]), "The old pay must be numbers."),
        (
            lambda: transition_pay([1, 2], [1, 2, 3], 0.5),
            "The shapes do not fit each other: old (2,), new (3,), share ().",
        ),
        (
            lambda: costs([(0, 0, 1, math.inf)]),
            "Pay must be a finite number, or NaN where it is not known.",
        ),
    ],
)
def test_bad_terms_get_their_sentence(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
        call()
    assert without_places(caught.value) == words
