"""What softening costs from every start: three accounts by hand, pandas on the sample."""

import numpy as np
import pandas as pd
import pytest

from scoring.change.softening import RollingCosts, rolling_costs, softening_costs
from tests.scoring.change.test_clear import priced
from tests.scoring.change.transition_cases import ACCOUNT, NEW, OLD, PERIOD, as_rows, rng
from tests.tournament.sample.file_rows import shipped

NAMES = ("notice", "phase_in", "grandfather", "together")


def of_sample(rows: pd.DataFrame, **terms: int) -> RollingCosts:
    account, period = (pd.factorize(rows[name], sort=True)[0] for name in ("account", "round"))
    return rolling_costs(rows["old"], rows["new"], account, period, **terms)


def test_every_start_by_hand() -> None:
    # old - new by period: 3, 1, 0, 1 and 0, 1, 0, -2, and of the third, which comes in period 1, 1, 0, 1
    got = rolling_costs(OLD, NEW, ACCOUNT, PERIOD, notice=2)
    assert (got.starts.tolist(), got.periods) == ([0, 1, 2], 2)
    np.testing.assert_allclose(got.notice, [3 + 3, 3 + 0, 0 + 0])
    np.testing.assert_allclose(got.together, got.notice)
    assert not got.phase_in.any()
    got = rolling_costs(OLD, NEW, ACCOUNT, PERIOD, phase_in=2)
    np.testing.assert_allclose(got.phase_in, [3 + 1.5, 3 + 0, 0 + 0])
    # only who is there in the first period keeps the old rule
    got = rolling_costs(OLD, NEW, ACCOUNT, PERIOD, grandfather=2)
    np.testing.assert_allclose(got.grandfather, [3 + 2, 3 + 0, 0 + 0])
    got = rolling_costs(OLD, NEW, ACCOUNT, PERIOD, notice=1, phase_in=1, grandfather=3)
    # from 0: all of 3, all of 3 by the phase-in's first period, and 0 of those who were there
    np.testing.assert_allclose(got.together, [3 + 3 + 0, 3 + 0 + 0])


def test_each_start_is_a_record_of_its_own() -> None:
    table = rng(2).normal(0, 1, (12, 30))
    old, new, account, period = as_rows(table)
    there = rng(3).random(old.size) < 0.7
    rows = old[there], new[there], account[there], period[there]
    terms = {"notice": 3, "phase_in": 6, "grandfather": 7}
    got = rolling_costs(*rows, **terms)
    assert got.starts.tolist() == list(range(22))
    for place, start in enumerate(got.starts.tolist()):
        later = rows[3] >= start
        alone = softening_costs(*(each[later] for each in rows[:3]), rows[3][later] - start, **terms)
        for name in NAMES:
            assert getattr(got, name)[place] == pytest.approx(getattr(alone, name).cost), (name, start)


def test_eight_weeks_and_a_phase_in_of_40_rounds_cost_what_the_first_round_makes_them() -> None:
    # old rule for 8 rounds, then a fortieth of the new one, and the new one alone in the fortieth after
    rows = priced(shipped())
    gap = -rows.groupby("round")["gap"].sum().to_numpy()
    kept = 1 - np.clip((np.arange(47) - 7) / 40, 0, 1)
    expected = [(gap[start : start + 47] * kept).sum() for start in range(gap.size - 46)]
    got = of_sample(rows, notice=7, phase_in=40).together  # its first round is still paid by the old rule
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-9)
    assert [round(each) for each in (got.min(), got.max(), np.median(got))] == [-31_812, -2_457, -16_001]
    assert got.argmax() == 0  # the start at round 183 makes it smallest


def test_terms_that_never_end_have_no_start() -> None:
    got = rolling_costs(OLD, NEW, ACCOUNT, PERIOD, notice=4, phase_in=1)
    assert got.starts.size == got.together.size == 0
    assert got.periods == 5
    assert rolling_costs(OLD, NEW, ACCOUNT, PERIOD, notice=4).starts.tolist() == [0]
    assert rolling_costs([], [], [], [], notice=1).starts.size == 0


def test_a_period_without_rows_starts_nothing() -> None:
    got = rolling_costs([1.0, 2.0], [0.0, 0.0], [0, 0], [0, 2], notice=1)
    assert got.starts.tolist() == [0, 2]
    np.testing.assert_allclose(got.notice, [1, 2])


def test_terms_that_are_no_rounds_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^A notice, a phase-in and grandfathering last a whole number"):
        rolling_costs(OLD, NEW, ACCOUNT, PERIOD, notice=-1)
