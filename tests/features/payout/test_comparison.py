"""What a comparison says: its sentences against numbers that pandas worked out."""

import dataclasses

import pandas as pd
import pytest

from features.payout.compare import compare_payouts
from tournament.sample import FOLDER, SampleSource
from tournament.source import EVERYONE

ONE_THREE, TWO_ONE = "1xCORR + 3xTC", "2xCORR + 1xTC"
MODEL, ACCOUNT = "model_02765", "account_06446"


def pay(rows: pd.DataFrame, corr: float, tc: float) -> pd.Series:
    weighted = corr * rows["corr"] + tc * rows["tc"]
    inside = (rows["payout_factor"] * weighted).clip(-0.25, 0.25)
    outside = rows["payout_factor"] * weighted.clip(-0.25, 0.25)
    return rows["stake_nmr"] * inside.where(~rows["round"].between(311, 315), outside)


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
    same = await compare_payouts(source, MODEL, "0.5C1.5T clip 0.125", current="0.5C1.5T clip 0.125")
    assert "would have paid the same as 0.5xCORR + 1.5xTC clip 0.125 over" in same.finding


async def test_usd_are_at_the_price_of_the_day_the_data_ends(source: SampleSource) -> None:
    prices = pd.read_csv(FOLDER / "nmr_usd_daily.csv", index_col="date")["usd_per_nmr"]
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="311-325")
    day = got.until.isoformat()
    assert got.in_usd == f"+{got.difference * prices[day]:,.0f} USD at the price of {day}"
    less = await compare_payouts(source, EVERYONE, TWO_ONE, current=ONE_THREE, rounds="311-325")
    assert less.in_usd == f"−{got.difference * prices[day]:,.0f} USD at the price of {day}"
    assert (await compare_payouts(source, EVERYONE, ONE_THREE, unit="%")).in_usd == ""
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
    assert got.level_and_mix.count(f"{unit} because") == 2
    assert f"pays everyone {100 * abs(change):.0f} % {'more' if change > 0 else 'less'} in all" in (
        got.level_and_mix
    )
    shown = [f"{abs(part):.2f} {unit}" for part in (level, mix) if 1 <= abs(part) < 99]
    assert all(part in got.level_and_mix for part in shown)
    assert got.level_and_mix.endswith(f"weighs the scores of this {got.kind} differently.")


async def test_where_everyones_pay_has_no_scale_nothing_is_said(source: SampleSource) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE)
    assert (got.split, got.level_and_mix) == (None, "")
    nothing = await compare_payouts(source, MODEL, "0xCORR", current="1xCORR", rounds="311-325")
    assert nothing.level_and_mix == ""
    for basis in ("fixed", "compounding", "per-round"):
        assert (await compare_payouts(source, MODEL, ONE_THREE, basis=basis)).level_and_mix == ""


@pytest.mark.parametrize("name", [MODEL, ACCOUNT])
async def test_others_read_everything_but_the_name(source: SampleSource, name: str) -> None:
    got = await compare_payouts(source, name, ONE_THREE, current=TWO_ONE, rounds="280-325")
    shown = got.for_others("quiet_heron")
    assert name not in repr(shown) + shown.finding + shown.level_and_mix + shown.certainty
    assert shown.name == f"one {got.kind}"
    assert got.for_others(name) is got


@pytest.mark.parametrize("unit", ["NMR", "%"])
async def test_the_certainty_agrees_with_the_interval(source: SampleSource, unit: str) -> None:
    for name in (EVERYONE, MODEL, ACCOUNT):
        got = await compare_payouts(source, name, ONE_THREE, current=TWO_ONE, rounds="all", unit=unit)
        low, high = got.interval
        assert low <= got.difference <= high
        assert ("leaves out 0" in got.certainty) == (low > 0 or high < 0)
