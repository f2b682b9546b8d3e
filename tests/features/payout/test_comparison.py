"""What a comparison says: its sentences against numbers that pandas worked out."""

import dataclasses
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from features.payout.at_risk import if_restaked
from features.payout.compare import compare_payouts
from features.payout.compare_card import comparison_answer
from features.payout.compare_chart import picture_of_comparison
from tests.features.payout.compare.by_pandas import total_by_ewc
from tests.features.payout.compare.test_sentences import ASKED
from tests.ui.cards import check_answer
from tournament.sample import FOLDER, SampleSource
from tournament.source import EVERYONE
from ui.text import plain

ONE_THREE, TWO_ONE = "1xCORR + 3xTC", "2xCORR + 1xTC"
MODEL, ACCOUNT = "model_02765", "account_03793"


def pay(rows: pd.DataFrame, corr: float, tc: float) -> pd.Series:
    weighted = corr * rows["corr"] + tc * rows["tc"]
    inside = (rows["payout_factor"] * weighted).clip(-0.25, 0.25)
    outside = rows["payout_factor"] * weighted.clip(-0.25, 0.25)
    return rows["stake_nmr"] * inside.where(~rows["round"].between(311, 315), outside)


async def test_the_finding_over_the_sample_is_what_pandas_finds(
    source: SampleSource, rows: pd.DataFrame
) -> None:
    used = rows[rows["round"].between(311, 321) & (rows["stake_nmr"] > 0) & rows["tc"].notna()]
    proposed, current = pay(used, 1, 3).sum(), pay(used, 2, 1).sum()
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="311-321")
    assert got.finding == (
        f"{ONE_THREE} would have paid {proposed - current:,.0f} NMR more than {TWO_ONE} "
        f"over rounds 311-321: {proposed:,.0f} against {current:,.0f} NMR."
    )
    swapped = await compare_payouts(source, EVERYONE, TWO_ONE, current=ONE_THREE, rounds="311-321")
    assert f"{proposed - current:,.0f} NMR less" in swapped.finding
    same = await compare_payouts(source, MODEL, "0.5C1.5T clip 0.125", current="0.5C1.5T clip 0.125")
    assert "would have paid the same as 0.5xCORR + 1.5xTC clip 0.125 over" in same.finding


def two_digits(value: float) -> str:
    return f"{float(f'{value:.1e}'):,.0f}"


async def test_usd_are_at_the_price_of_the_day_the_data_ends(source: SampleSource) -> None:
    prices = pd.read_csv(FOLDER / "nmr_usd_daily.csv", index_col="date")["usd_per_nmr"]
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="311-321")
    day = got.until.isoformat()
    assert got.in_usd == f"about {two_digits(got.difference * prices[day])} USD at the price of {day}"
    less = await compare_payouts(source, EVERYONE, TWO_ONE, current=ONE_THREE, rounds="311-321")
    assert less.in_usd == f"about −{two_digits(got.difference * prices[day])} USD at the price of {day}"
    assert (await compare_payouts(source, EVERYONE, ONE_THREE, unit="%")).in_usd == ""
    assert dataclasses.replace(got, usd=None).in_usd == ""


def small_sample(
    folder: Path, *, noise: float = 0.0, missing: bool = False, first: int = 311
) -> pd.DataFrame:
    """Three staked models in 20 rounds, all resolved by the export, as files that the sample is read from."""
    rng = np.random.default_rng(7)
    numbers = np.arange(first, first + 20)
    opened = pd.date_range("2021-12-04 18:00", periods=20, freq="7D")
    pd.DataFrame(
        {
            "round": numbers,
            "open_time": opened.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "resolve_time": (opened + pd.Timedelta("33D")).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "is_daily": False,
            "payout_factor": 0.5,
            "stake_threshold_nmr": 300_000,
            "total_at_risk_nmr": 600_000,
        }
    ).to_csv(folder / "rounds_2022-12-22.csv", index=False)
    rows = pd.DataFrame(
        [
            {"model": f"heron_{at}", "account": ("herons", "herons", "owls")[at], "round": number}
            for at in range(3)
            for number in numbers
        ]
    )
    rows["corr"] = 0.02 + 0.01 * rng.normal(size=60) + noise * rng.normal(size=60)
    rows["tc"] = 0.03 + 0.01 * rng.normal(size=60) + noise * rng.normal(size=60)
    rows["fnc_v3"] = np.nan
    rows["corr_multiplier"], rows["tc_multiplier"], rows["payout_factor"] = 1.0, 2.0, 0.5
    rows["stake_nmr"] = rows["model"].map({"heron_0": 100.0, "heron_1": 40.0, "heron_2": 300.0})
    rows["payout_nmr"] = pay(rows, 1, 2)
    if missing:
        rows = rows.drop(index=rows.index[-1])
    rows.to_csv(folder / "performance_r168_r325.csv.gz", index=False)
    listed = rows.drop_duplicates("model")[["model", "account"]].assign(nmr_staked=1, start_date="2020-01-01")
    listed.to_csv(folder / "leaderboard_2022-12-22.csv.gz", index=False)
    (folder / "nmr_usd_daily.csv").write_text("date,usd_per_nmr\n", encoding="utf-8")
    return rows


@pytest.mark.parametrize("name", ["heron_0", "herons"])
@pytest.mark.parametrize("current", [None, TWO_ONE])
@pytest.mark.parametrize("unit", ["NMR", "%"])
async def test_level_and_mix_add_up_and_the_level_is_everyones(
    tmp_path: Path, name: str, current: str | None, unit: str
) -> None:
    rows = small_sample(tmp_path)
    got = await compare_payouts(SampleSource(tmp_path), name, ONE_THREE, current=current, unit=unit)
    k = (rows["payout_nmr"] if current is None else pay(rows, 2, 1)).sum() / pay(rows, 1, 3).sum()
    assert got.split is not None
    level, mix = float(got.split.level.sum()), float(got.split.mix.sum())
    assert got.split.scale == pytest.approx(k)
    assert level == pytest.approx((1 - k) * got.proposed.total)
    assert level + mix == pytest.approx(got.difference)
    change = 1 / k - 1
    assert got.level_and_mix.count(f"{'NMR' if unit == 'NMR' else 'points of stake'} because") == 2
    assert f"pays everyone {100 * abs(change):.0f} % {'more' if change > 0 else 'less'} in all" in (
        got.level_and_mix
    )
    assert got.level_and_mix.endswith(f"weighs the scores of this {got.kind} differently.")
    half = 100 * abs(math.sqrt(1 / k) - 1)
    assert f"leaves {half:.0f} % {'more' if change > 0 else 'less'} of" in got.restaked


@pytest.mark.parametrize(
    ("change", "factors", "told"),
    [
        (
            0.44,
            [0.5, 0.6],
            "leaves 20 % more of 44 %; if it follows until an NMR earns what it did, none of it",
        ),
        (-0.51, [0.5], "leaves 30 % less of 51 %"),
        (0.44, [0.5, 1.0], ""),  # where the factor is 1 more stake lowers nothing
        (0.44, [math.nan], ""),
        (0.44, [], ""),
        (0.001, [0.5], ""),
        (math.nan, [0.5], ""),
        (-1.2, [0.5], ""),
    ],
)
def test_what_is_left_of_a_level_once_stakes_follow(change: float, factors: list[float], told: str) -> None:
    said = if_restaked(change, np.array(factors))
    assert told in said
    assert bool(told) == bool(said)


@pytest.mark.parametrize(
    ("made", "proposed", "current"),
    [
        ({"missing": True}, ONE_THREE, TWO_ONE),  # a model is not in every round
        ({"noise": 0.4}, ONE_THREE, TWO_ONE),  # a total may as well be 0
        ({"first": 291}, "1xCORR", None),  # what was paid then was paid by MMC
        ({}, "0xCORR", "1xCORR"),
    ],
)
async def test_level_and_mix_are_not_told_where_they_would_mislead(
    tmp_path: Path, made: dict[str, Any], proposed: str, current: str | None
) -> None:
    rows = small_sample(tmp_path, **made)
    source = SampleSource(tmp_path)
    got = await compare_payouts(source, "heron_0", proposed, current=current)
    assert (got.split, got.level_and_mix) == (None, "")
    if "noise" in made:
        low, high = total_by_ewc(pay(rows, 1, 3).groupby(rows["round"]).sum())
        assert low < 0 < high


@pytest.mark.slow
async def test_level_and_mix_need_somebody_to_be_compared_with(source: SampleSource) -> None:
    # nobody in the sample is one of the same models in each of so many rounds
    for name, asked in ((EVERYONE, None), (MODEL, "302-321"), (ACCOUNT, "all"), (MODEL, "311-321")):
        got = await compare_payouts(source, name, ONE_THREE, current=TWO_ONE, rounds=asked)
        assert (got.split, got.level_and_mix) == (None, "")
    for basis in ("fixed", "compounding", "per-round"):
        assert (await compare_payouts(source, MODEL, ONE_THREE, basis=basis)).level_and_mix == ""


LONG = "0.123456 corr + 0.234567 tc + 0.345678 fncv3"


@pytest.mark.slow
@pytest.mark.parametrize(
    "rules",
    [
        (ONE_THREE, TWO_ONE),
        (LONG, LONG.replace("4", "5")),
        (f"{LONG} clip 0.123456 threshold 123456.78",) * 2,
    ],
)
@pytest.mark.parametrize("unit", ["NMR", "%"])
@pytest.mark.parametrize("asked", [None, "183-400", "322-325"])
async def test_a_heading_is_whole_whatever_the_rules(
    source: SampleSource, rules: tuple[str, str], unit: str, asked: str | None
) -> None:
    got = await compare_payouts(
        source, EVERYONE, rules[0], current=rules[1], unit=unit, rounds=asked, stake=11_000_000
    )
    told = check_answer(comparison_answer(got, ASKED | {"stake": 11_000_000}))
    assert len(got.heading) <= 256
    assert plain(got.finding) in told
    assert got.finding.endswith(".")
    if rules[0] == ONE_THREE:
        assert got.finding.startswith(ONE_THREE)
        assert got.heading.startswith(f"{ONE_THREE} would have paid everyone ")


@pytest.mark.slow
async def test_points_of_stake_and_percent_are_not_mixed_up(source: SampleSource) -> None:
    for name in (EVERYONE, MODEL):
        got = await compare_payouts(source, name, ONE_THREE, unit="%")
        told, picture = check_answer(comparison_answer(got, ASKED)), picture_of_comparison(got)
        differences = (got.more, *got.side_by_side, *re.findall(r"\*\*Difference.*", told))
        for difference in differences:
            assert not re.search(r"[+−][\d.,]+ %", difference)
        assert got.more.endswith(("points of stake more", "points of stake less"))
        assert re.search(r"[+−][\d.,]+ points of stake\.$", picture.alt)
        assert re.search(r"95 % interval [+−][\d.,]+ to [+−][\d.,]+ points of stake", told)


@pytest.mark.parametrize("name", [MODEL, ACCOUNT])
async def test_others_read_everything_but_the_name(source: SampleSource, name: str) -> None:
    got = await compare_payouts(source, name, ONE_THREE, current=TWO_ONE, rounds="280-321")
    shown = got.for_others("quiet_heron")
    assert name not in repr(shown) + shown.finding + shown.level_and_mix + shown.certainty
    assert shown.name == f"one {got.kind}"
    assert got.for_others(name) is got


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["NMR", "%"])
async def test_the_certainty_agrees_with_the_interval(source: SampleSource, unit: str) -> None:
    for name in (EVERYONE, MODEL, ACCOUNT):
        got = await compare_payouts(source, name, ONE_THREE, current=TWO_ONE, rounds="all", unit=unit)
        low, high = got.interval
        assert low <= got.difference <= high
        assert ("more than luck" in got.certainty) == (low > 0 or high < 0)
