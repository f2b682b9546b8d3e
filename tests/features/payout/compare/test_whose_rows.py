"""Whose rows are compared, in which rounds and on what stake, by pandas."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from features.payout.compare import compare_payouts
from tests.features.payout.compare.by_pandas import (
    ACCOUNT,
    ENDED,
    MODEL,
    NEVER_STAKED,
    ONCE_UNSTAKED,
    ONE_THREE,
    TWICE_STAKED,
    TWO_ONE,
    paid_by,
    staked_with_tc,
)
from tournament.sample import FOLDER, SampleSource
from tournament.source import EVERYONE

# ---------------------------------------------------------------- models, accounts, units, stakes


async def test_a_model_has_its_own_rows(source: SampleSource, rows: pd.DataFrame) -> None:
    got = await compare_payouts(source, MODEL.upper(), ONE_THREE, current=TWO_ONE, rounds="311-321")
    used = staked_with_tc(rows[rows["model"] == MODEL], 311, 321)
    np.testing.assert_allclose(got.proposed.by_round, paid_by(used, 1, 3) * used["stake_nmr"], rtol=1e-9)
    assert (got.name, got.kind, got.models, got.rows) == (MODEL, "model", 1, 11)


async def test_an_account_is_paid_the_sum_of_its_models(source: SampleSource, rows: pd.DataFrame) -> None:
    got = await compare_payouts(source, ACCOUNT, ONE_THREE, current=TWO_ONE, rounds="280-321")
    used = staked_with_tc(rows[rows["account"] == ACCOUNT], 280, 321)
    by_round = (paid_by(used, 1, 3) * used["stake_nmr"]).groupby(used["round"]).sum()
    np.testing.assert_allclose(got.proposed.by_round, by_round, rtol=1e-9, atol=1e-12)
    assert (got.name, got.kind) == (ACCOUNT, "account")
    assert got.models == used["model"].nunique()
    assert got.rows == len(used)


async def test_percent_is_of_what_was_at_risk_in_each_round(source: SampleSource, rows: pd.DataFrame) -> None:
    for name in (EVERYONE, ACCOUNT, MODEL):
        got = await compare_payouts(source, name, ONE_THREE, current=TWO_ONE, rounds="300-321", unit="%")
        used = staked_with_tc(rows, 300, 321)
        if name != EVERYONE:
            used = used[(used["model"] == name) | (used["account"] == name)]
        at_risk = used.groupby("round")["stake_nmr"].sum()
        pay = (paid_by(used, 1, 3) * used["stake_nmr"]).groupby(used["round"]).sum()
        np.testing.assert_allclose(got.proposed.by_round, 100 * pay / at_risk, rtol=1e-9)
        assert got.unit == "%"
        assert any(
            line.startswith("Percentages are of the stake at risk in each") for line in got.assumptions
        )


async def test_a_named_stake_takes_the_place_of_the_stake_of_the_time(
    source: SampleSource, rows: pd.DataFrame
) -> None:
    got = await compare_payouts(source, MODEL, ONE_THREE, rounds="311-321", stake=250)
    used = staked_with_tc(rows[rows["model"] == MODEL], 311, 321)
    np.testing.assert_allclose(got.proposed.by_round, 250 * paid_by(used, 1, 3), rtol=1e-9)
    np.testing.assert_allclose(got.current.by_round, 250 * used["payout_nmr"] / used["stake_nmr"], rtol=1e-9)
    twice = await compare_payouts(source, MODEL, ONE_THREE, rounds="311-321", stake=500)
    assert twice.difference == pytest.approx(2 * got.difference)
    assert twice.interval == pytest.approx((2 * got.interval[0], 2 * got.interval[1]), nan_ok=True)
    assert got.assumptions[0] == "Stake: 250.0 NMR at risk in every round."


async def test_a_model_that_was_never_staked_can_be_tried_with_a_stake(
    source: SampleSource, rows: pd.DataFrame
) -> None:
    got = await compare_payouts(source, NEVER_STAKED, ONE_THREE, current=TWO_ONE, stake=100)
    used = rows[(rows["model"] == NEVER_STAKED)].sort_values("round").tail(20)
    np.testing.assert_array_equal(got.rounds, used["round"])
    np.testing.assert_allclose(got.proposed.by_round, 100 * paid_by(used, 1, 3), rtol=1e-9)
    assert got.warnings[-1] == f"{TWO_ONE} was not among the choices members had in rounds 287-306."


@pytest.mark.parametrize("name", [MODEL, ONCE_UNSTAKED, ACCOUNT, EVERYONE])
@pytest.mark.parametrize("current", [None, TWO_ONE])
async def test_100_nmr_at_risk_and_percentages_say_the_same(
    source: SampleSource, name: str, current: str | None
) -> None:
    # all of a named stake is at risk in every round that is compared, however many models can't be
    nmr, percentage = [
        await compare_payouts(
            source, name, ONE_THREE, current=current, rounds="302-321", stake=100, unit=unit
        )
        for unit in ("NMR", "%")
    ]
    np.testing.assert_allclose(nmr.proposed.by_round, percentage.proposed.by_round, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(nmr.current.by_round, percentage.current.by_round, rtol=1e-9, atol=1e-12)


async def test_a_named_stake_is_shared_evenly_by_the_models_of_an_account(
    source: SampleSource, rows: pd.DataFrame
) -> None:
    got = await compare_payouts(source, ACCOUNT, ONE_THREE, current=TWO_ONE, rounds="316-321", stake=130)
    used = rows[(rows["account"] == ACCOUNT) & rows["round"].between(316, 321) & rows["tc"].notna()]
    expected = 130 * paid_by(used, 1, 3).groupby(used["round"]).mean()
    np.testing.assert_allclose(got.proposed.by_round, expected, rtol=1e-9)
    assert got.assumptions[0] == "Stake: 130.0 NMR at risk in every round, shared evenly by the models."


# ---------------------------------------------------------------- which rounds


@pytest.mark.slow
async def test_without_a_wish_it_is_the_last_20_rounds_with_a_stake(
    source: SampleSource, rows: pd.DataFrame
) -> None:
    for name in (EVERYONE, MODEL, ENDED, TWICE_STAKED):
        own = rows if name == EVERYONE else rows[rows["model"] == name]
        staked = np.sort(own.loc[own["stake_nmr"] > 0, "round"].unique())[-20:]
        got = await compare_payouts(source, name, "1xCORR", current="2xCORR")
        np.testing.assert_array_equal(got.rounds, staked)
    assert (await compare_payouts(source, EVERYONE, "1xCORR")).rounds.tolist() == list(range(302, 322))


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("5", 317, 321),
        ("last 5", 317, 321),
        ("round 318", 318, 318),
        ("311-321", 311, 321),
        ("320 to 999", 320, 321),
    ],
)
async def test_rounds_as_they_are_asked_for(source: SampleSource, asked: str, first: int, last: int) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, rounds=asked)
    assert got.rounds.tolist() == list(range(first, last + 1))
    assert got.span == (f"round {first}" if first == last else f"rounds {first}-{last}")


async def test_days_and_source_of_the_numbers(source: SampleSource) -> None:
    calendar = pd.read_csv(FOLDER / "rounds_2022-12-22.csv").set_index("round")["open_time"]
    got = await compare_payouts(source, EVERYONE, ONE_THREE, rounds="311-321")
    assert got.first_day == date.fromisoformat(calendar[311][:10]) == date(2022, 4, 9)
    assert got.last_day == date.fromisoformat(calendar[321][:10]) == date(2022, 6, 18)
    assert got.until == date(2022, 7, 23)
    assert got.source == "Sample, 2022"
