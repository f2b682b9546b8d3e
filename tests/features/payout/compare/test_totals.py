"""Totals of two rules over the whole sample, worked out with pandas."""

import math

import numpy as np
import pandas as pd
import pytest

from features.payout.compare import compare_payouts
from tests.features.payout.compare.by_pandas import MODEL, ONE_THREE, TWO_ONE, paid_by, staked_with_tc
from tournament.sample import SampleSource
from tournament.source import EVERYONE


@pytest.mark.parametrize(
    ("asked", "first", "last", "expected"),
    # the factor inside the clip in all rounds would make it 58,074 against 124,180, and 5,163 against 3,058
    [("all", 168, 321, (57_899, 124_177)), ("311-321", 311, 321, (4_989, 3_055))],
)
async def test_the_two_rules_of_the_thread_over_the_sample(
    source: SampleSource,
    rows: pd.DataFrame,
    asked: str,
    first: int,
    last: int,
    expected: tuple[float, float],
) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds=asked)
    used = staked_with_tc(rows, first, last)
    for side, multipliers, total in zip((got.proposed, got.current), ((1, 3), (2, 1)), expected, strict=True):
        pay = paid_by(used, *multipliers) * used["stake_nmr"]
        by_round = pay.groupby(used["round"]).sum()
        np.testing.assert_array_equal(got.rounds, by_round.index)
        np.testing.assert_allclose(side.by_round, by_round, rtol=1e-9, atol=1e-9)
        assert side.total == pytest.approx(pay.sum(), rel=1e-9)
        assert round(side.total) == total
    assert got.rows == len(used)
    assert got.models == used["model"].nunique()
    assert got.difference == pytest.approx(got.proposed.total - got.current.total)


async def test_the_other_clip_order_in_five_rounds_would_be_noticed(
    source: SampleSource, rows: pd.DataFrame
) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="311-315")
    used = staked_with_tc(rows, 311, 315)
    for side, multipliers in ((got.proposed, (1, 3)), (got.current, (2, 1))):
        right, wrong = (
            (paid_by(used, *multipliers, always_inside=inside) * used["stake_nmr"]).sum()
            for inside in (False, True)
        )
        assert side.total == pytest.approx(right, rel=1e-9)
        assert abs(side.total - wrong) > 1


async def test_what_a_side_says_of_its_rounds(source: SampleSource, rows: pd.DataFrame) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="200-310")
    used = staked_with_tc(rows, 200, 310)
    for side, multipliers in ((got.proposed, (1, 3)), (got.current, (2, 1))):
        by_round = (paid_by(used, *multipliers) * used["stake_nmr"]).groupby(used["round"]).sum()
        assert side.mean == pytest.approx(by_round.mean())
        assert side.spread == pytest.approx(by_round.std())
        assert side.burned == pytest.approx((by_round < 0).mean())
        assert side.clipped == pytest.approx((paid_by(used, *multipliers).abs() >= 0.25 - 1e-12).mean())


async def test_rows_at_the_clip_are_counted_in_the_order_of_their_round(
    source: SampleSource, rows: pd.DataFrame
) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="311-321")
    used = staked_with_tc(rows, 311, 321)
    for side, (corr, tc) in ((got.proposed, (1, 3)), (got.current, (2, 1))):
        weighted = (corr * used["corr"] + tc * used["tc"]).abs()
        seen = weighted.where(used["round"] <= 315, weighted * used["payout_factor"])
        assert side.clipped == pytest.approx((seen >= 0.25).mean())


@pytest.mark.slow
async def test_as_paid_is_the_payout_column_and_nothing_else(
    source: SampleSource, rows: pd.DataFrame
) -> None:
    paid = rows[(rows["stake_nmr"] > 0) & rows["payout_nmr"].notna()]
    for asked, first, last in (("all", 168, 321), ("311-321", 311, 321), ("205-209", 205, 209)):
        got = await compare_payouts(source, EVERYONE, "1xCORR", rounds=asked)
        by_round = paid[paid["round"].between(first, last)].groupby("round")["payout_nmr"].sum()
        np.testing.assert_array_equal(got.rounds, by_round.index)
        np.testing.assert_allclose(got.current.by_round, by_round, rtol=1e-12, atol=1e-9)
        assert got.current.total == pytest.approx(
            math.fsum(paid.loc[paid["round"].between(first, last), "payout_nmr"]), rel=1e-12
        )
    # nothing is paid for rows without a stake, so the column as a whole has the same sum
    everything = await compare_payouts(source, EVERYONE, "1xCORR", rounds="all")
    assert everything.current.total == pytest.approx(rows["payout_nmr"].sum(), rel=1e-9)
    assert everything.current.short == "what was paid"


async def test_a_model_paid_by_its_own_choice_was_paid_just_that(source: SampleSource) -> None:
    got = await compare_payouts(source, MODEL, "1xCORR + 2xTC", rounds="311-321")
    np.testing.assert_allclose(got.proposed.by_round, got.current.by_round, rtol=1e-5)
    assert got.current.words == "As paid: 1xCORR + 2xTC, the multipliers chosen in all of these rounds"
    assert got.more_when == "Never: both rules weigh the scores alike, before clipping."
