"""What a comparison says: its sentences against numbers that pandas worked out."""

import dataclasses
import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

from answers.comparison import PayoutComparison, Side
from answers.payout import compare_payouts
from tournament.sample import FOLDER, SampleSource
from tournament.source import EVERYONE

ONE_THREE, TWO_ONE = "1xCORR + 3xTC", "2xCORR + 1xTC"
MODEL, ACCOUNT = "model_02765", "account_06446"


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "performance_r168_r325.csv.gz")


def pay(rows: pd.DataFrame, corr: float, tc: float) -> pd.Series:
    weighted = corr * rows["corr"] + tc * rows["tc"]
    inside = (rows["payout_factor"] * weighted).clip(-0.25, 0.25)
    outside = rows["payout_factor"] * weighted.clip(-0.25, 0.25)
    return rows["stake_nmr"] * inside.where(~rows["round"].between(311, 315), outside)


def made_up(proposed: list[float], current: list[float], **changed: object) -> PayoutComparison:
    number = np.arange(300, 300 + len(proposed))
    plain = PayoutComparison(
        name="quiet_heron",
        kind="model",
        models=1,
        unit="NMR",
        rounds=number,
        first_day=date(2031, 5, 4),
        last_day=date(2031, 6, 4),
        proposed=Side("1xCORR", "1xCORR", np.array(proposed), 0.0),
        current=Side("2xCORR", "2xCORR", np.array(current), 0.0),
        interval=(math.nan, math.nan),
        block=10,
        rows=number.size,
        more_when="Never.",
        warnings=(),
        assumptions=("None.",),
        source="made up",
        until=date(2031, 7, 4),
    )
    return dataclasses.replace(plain, **changed)


@pytest.mark.parametrize(
    ("proposed", "current", "unit", "told"),
    [
        ([60.0, 60.0], [10.0, 10.0], "NMR", "100.0 NMR more than 2xCORR {}: 120.0 against 20.00 NMR."),
        ([1.0, 1.5], [2.0, 2.0], "%", "1.50 % less than 2xCORR {}: 2.50 against 4.00 %."),
        ([-3.0, -2.0], [0.0, 0.0], "NMR", "5.00 NMR less than 2xCORR {}: −5.00 against 0 NMR."),
        ([1e6, 2e6], [0.5e6, 0.5e6], "NMR", "2,000,000 NMR more than 2xCORR {}: 3,000,000 against 1,000,000 NMR."),
        ([0.1, 0.2], [0.3, 0.0], "NMR", "the same as 2xCORR {}."),
        ([0.0, 0.0], [0.0, 0.0], "%", "the same as 2xCORR {}."),
        ([1e6, 1e-6], [1e6, 0.0], "NMR", "the same as 2xCORR {}."),
        ([1e-5, 0.0], [0.0, 0.0], "NMR", "less than 0.0001 NMR more than 2xCORR {}: less than 0.0001 against 0 NMR."),
    ],
)  # fmt: skip
def test_the_finding_says_which_rule_pays_more(
    proposed: list[float], current: list[float], unit: str, told: str
) -> None:
    got = made_up(proposed, current, unit=unit)
    assert got.finding == f"1xCORR would have paid {told.format('over rounds 300-301')}"
    assert got.finding[-1] == "."


async def test_the_finding_over_the_sample_is_what_pandas_finds(
    source: SampleSource, rows: pd.DataFrame
) -> None:
    used = rows[rows["round"].between(311, 325) & (rows["stake_nmr"] > 0) & rows["tc"].notna()]
    proposed, current = pay(used, 1, 3).sum(), pay(used, 2, 1).sum()
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="311-325")
    assert got.finding == (
        f"{ONE_THREE} would have paid {proposed - current:,.0f} NMR more than {TWO_ONE} "
        f"over rounds 311-325: {proposed:,.0f} against {current:,.0f} NMR."
    )
    swapped = await compare_payouts(source, EVERYONE, TWO_ONE, current=ONE_THREE, rounds="311-325")
    assert f"{proposed - current:,.0f} NMR less" in swapped.finding
    assert swapped.difference == pytest.approx(-got.difference)


async def test_usd_are_at_the_price_of_the_day_the_data_ends(source: SampleSource) -> None:
    prices = pd.read_csv(FOLDER / "nmr_usd_daily.csv", index_col="date")["usd_per_nmr"]
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="311-325")
    day = got.until.isoformat()
    assert got.in_usd == f"+{got.difference * prices[day]:,.0f} USD at the price of {day}"
    less = await compare_payouts(source, EVERYONE, TWO_ONE, current=ONE_THREE, rounds="311-325")
    assert less.in_usd == f"−{got.difference * prices[day]:,.0f} USD at the price of {day}"
    for asked in ({"unit": "%"}, {"unit": "%", "basis": "fixed"}):
        assert (await compare_payouts(source, EVERYONE, ONE_THREE, **asked)).in_usd == ""
    assert dataclasses.replace(got, usd=None).in_usd == ""


@pytest.mark.parametrize("name", [MODEL, ACCOUNT])
@pytest.mark.parametrize("current", [None, TWO_ONE])
@pytest.mark.parametrize("unit", ["NMR", "%"])
async def test_level_and_mix_add_up_and_the_level_is_everyones(
    source: SampleSource, rows: pd.DataFrame, name: str, current: str | None, unit: str
) -> None:
    got = await compare_payouts(source, name, ONE_THREE, current=current, rounds="300-325", unit=unit)
    used = rows[rows["round"].isin(got.rounds) & (rows["stake_nmr"] > 0) & rows["tc"].notna()]
    if current is None:
        used = used[used["payout_nmr"].notna()]
    k = (used["payout_nmr"] if current is None else pay(used, 2, 1)).sum() / pay(used, 1, 3).sum()
    assert got.split is not None
    level, mix = float(got.split.level.sum()), float(got.split.mix.sum())
    assert got.split.scale == pytest.approx(k)
    assert level == pytest.approx((1 - k) * got.proposed.total)
    assert level + mix == pytest.approx(got.difference)
    change = 1 / k - 1
    assert got.level_and_mix.count(unit) == 2
    assert f"pays everyone {100 * abs(change):.0f} % {'more' if change > 0 else 'less'} in all" in (
        got.level_and_mix
    )
    shown = [f"{abs(part):.2f} {unit}" for part in (level, mix) if abs(part) >= 1]
    assert all(part in got.level_and_mix for part in shown)
    assert got.level_and_mix.endswith(f"weighs the scores of this {got.kind} differently.")


async def test_a_rule_that_doubles_all_pay_is_level_alone(source: SampleSource, rows: pd.DataFrame) -> None:
    # rounds 316-320: nobody who is compared is clipped by either rule
    used = rows[rows["round"].between(316, 320) & (rows["stake_nmr"] > 0) & rows["tc"].notna()]
    clipped = (2 * used["payout_factor"] * used["corr"]).abs() >= 0.25
    assert not clipped.any()
    got = await compare_payouts(source, MODEL, "2xCORR", current="1xCORR", rounds="316-320")
    assert got.split is not None
    assert float(got.split.mix.sum()) == pytest.approx(0, abs=1e-9)
    assert "pays everyone 100 % more in all" in got.level_and_mix


async def test_where_everyones_pay_has_no_scale_nothing_is_said(source: SampleSource) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE)
    assert (got.split, got.level_and_mix) == (None, "")
    nothing = await compare_payouts(source, MODEL, "0xCORR", current="1xCORR", rounds="311-325")
    assert nothing.level_and_mix == ""
    for basis in ("fixed", "compounding", "per-round"):
        assert (await compare_payouts(source, MODEL, ONE_THREE, basis=basis)).level_and_mix == ""


@pytest.mark.parametrize("name", [MODEL, ACCOUNT])
@pytest.mark.parametrize("unit", ["NMR", "%"])
async def test_others_read_everything_but_the_name(source: SampleSource, name: str, unit: str) -> None:
    got = await compare_payouts(source, name, ONE_THREE, current=TWO_ONE, rounds="280-325", unit=unit)
    shown = got.for_others("quiet_heron")
    said = (shown.finding, shown.in_usd, shown.level_and_mix, shown.certainty, shown.span, repr(shown))
    assert not any(name in sentence for sentence in said)
    assert shown.name == f"one {got.kind}"
    assert dataclasses.replace(shown, name=name) == got
    assert got.for_others(name) is got


@pytest.mark.parametrize(
    ("interval", "count", "block", "told"),
    [
        ((-2.0, 3.0), 50, 10, "It includes 0: luck alone could turn it."),
        ((1.0, 3.0), 50, 10, "It leaves out 0."),
        ((1.0, 3.0), 49, 10, "It leaves out 0. Only 4 independent stretches, so take it as a rough guide."),
        ((math.nan, math.nan), 19, 10, "19 rounds are too few for an interval: neighbouring ones overlap."),
        ((math.nan, math.nan), 1, 10, "1 round is too few for an interval: neighbouring ones overlap."),
    ],
)
def test_the_certainty_of_a_difference(
    interval: tuple[float, float], count: int, block: int, told: str
) -> None:
    got = made_up([1.0] * count, [0.5] * count, interval=interval, block=block)
    assert got.certainty == told


@pytest.mark.parametrize("unit", ["NMR", "%"])
async def test_the_certainty_agrees_with_the_interval(source: SampleSource, unit: str) -> None:
    for name in (EVERYONE, MODEL, ACCOUNT):
        got = await compare_payouts(source, name, ONE_THREE, current=TWO_ONE, rounds="all", unit=unit)
        low, high = got.interval
        assert low <= got.difference <= high
        assert ("leaves out 0" in got.certainty) == (low > 0 or high < 0)
