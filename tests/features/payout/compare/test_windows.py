"""Rounds side by side: the last beside all, what paid in them, who is large, and what is still interim."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from features.payout.compare import compare_payouts
from features.payout.windows import regimes_of
from scoring.rules import rule_in_force
from tests.features.payout.compare.by_pandas import (
    ACCOUNT,
    ENDED,
    INTERIM_STAKED,
    MODEL,
    ONE_THREE,
    TWO_ONE,
    paid_by,
    staked_with_tc,
    total_by_ewc,
)
from tests.features.payout.priced import history
from tests.tournament.sample import file_rows
from tournament.sample import SampleSource
from tournament.source import EVERYONE

LARGEST = "model_07585"
REGIMES = {"paid CORR": (202, 214), "paid CORR and MMC": (215, 310), "paid CORR and TC": (311, 321)}


def by_round_of(rows: pd.DataFrame, first: int, last: int) -> pd.Series:
    used = staked_with_tc(rows, first, last)
    pay = (paid_by(used, 1, 3) - paid_by(used, 2, 1)) * used["stake_nmr"]
    return pay.groupby(used["round"]).sum()


# ---------------------------------------------------------------- the last beside all


@pytest.mark.slow
async def test_without_a_wish_the_last_20_stand_beside_all(source: SampleSource, rows: pd.DataFrame) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE)
    by_round = by_round_of(rows, 200, 321)
    assert got.rounds.tolist() == by_round.index[-20:].tolist()
    assert got.difference == pytest.approx(by_round.iloc[-20:].sum())
    assert got.interval == pytest.approx(total_by_ewc(by_round.iloc[-20:]))
    assert got.whole is not None
    assert got.whole.difference == pytest.approx(by_round.sum())
    assert got.whole.interval == pytest.approx(total_by_ewc(by_round))
    assert got.finding == (
        f"{ONE_THREE} would have paid 1,044 NMR less than {TWO_ONE} over the last 20 rounds (302-321): "
        "6,916 against 7,960 NMR; and 66,278 NMR less over all 122."
    )
    assert got.side_by_side[0] == "All 122, rounds 200-321: −66,278 NMR (95 %: −112,482 to −20,073 NMR)"


async def test_where_the_last_20_and_all_point_apart_it_says_but(
    source: SampleSource, rows: pd.DataFrame
) -> None:
    got = await compare_payouts(source, LARGEST, ONE_THREE)
    mine = rows[(rows["model"] == LARGEST) & rows["payout_nmr"].notna()]
    used = staked_with_tc(mine)
    gap = paid_by(used, 1, 3) * used["stake_nmr"] - used["payout_nmr"]
    assert gap.iloc[-20:].sum() > 0 > gap.sum()
    assert f"; but {-gap.sum():.1f} NMR less over all {len(gap)}." in got.finding
    percent = await compare_payouts(source, LARGEST, ONE_THREE, unit="%")
    points = 100 * gap / used["stake_nmr"]
    assert f"{points.iloc[-20:].sum():.2f} points of stake more than" in percent.finding
    assert f"; but {-points.sum():.2f} points of stake less over all" in percent.finding


async def test_rounds_that_were_asked_for_stand_alone(source: SampleSource) -> None:
    for asked in ("all", "20", "302-321"):
        got = await compare_payouts(source, MODEL, ONE_THREE, current=TWO_ONE, rounds=asked)
        assert got.whole is None
        assert " over all " not in got.finding


# ---------------------------------------------------------------- what paid


async def test_a_line_for_each_set_of_scores_that_was_paid(source: SampleSource, rows: pd.DataFrame) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE)
    used = staked_with_tc(rows[rows["payout_nmr"].notna()])
    gap = (paid_by(used, 1, 3) * used["stake_nmr"] - used["payout_nmr"]).groupby(used["round"]).sum()
    assert len(got.regimes) == len(REGIMES)
    for stretch, (paid, (first, last)) in zip(got.regimes, REGIMES.items(), strict=True):
        models = used.loc[used["round"].between(first, last), "model"].nunique()
        assert stretch.words == f"{paid}, {models} models"
        assert stretch.rounds.tolist() == list(range(first, last + 1))
        assert stretch.difference == pytest.approx(gap.loc[first:last].sum())
        if last - first < 14:
            assert np.isnan(stretch.interval).all()
        else:
            assert stretch.interval == pytest.approx(total_by_ewc(gap.loc[first:last]))
    assert sum(stretch.difference for stretch in got.regimes) == pytest.approx(gap.sum())
    assert got.side_by_side[1].startswith("Rounds 202-214 paid CORR, 77 models: −1,481 NMR (13 rounds: no")


@pytest.mark.slow
async def test_what_a_member_had_chosen_is_said_with_what_was_not(source: SampleSource) -> None:
    got = await compare_payouts(source, LARGEST, ONE_THREE)
    assert [stretch.words for stretch in got.regimes] == [
        "paid CORR",
        "paid CORR and MMC",
        "paid CORR and TC, 1xCORR and no TC chosen",
    ]
    # two rules on a member's scores do not depend on what was paid then; the panel of everyone does
    for name, count in ((LARGEST, 0), (EVERYONE, 3)):
        got = await compare_payouts(source, name, ONE_THREE, current=TWO_ONE)
        assert len(got.regimes) == count


def test_scores_that_are_paid_again_are_another_stretch() -> None:
    numbers = [214, 300, 310, 311, 600, 1100, 1101]
    rows = history(numbers)
    told = regimes_of("classic", rows, {n: rule_in_force("classic", round=n) for n in numbers})
    assert [(words.split(",")[0], rounds.tolist()) for words, rounds in told] == [
        ("paid CORR", [214]),
        ("paid CORR and MMC", [300, 310]),
        ("paid CORR and TC", [311, 600]),
        ("paid CORR and MMC", [1100, 1101]),
    ]


# ---------------------------------------------------------------- who is large


@pytest.mark.slow
async def test_whoever_holds_over_a_fifth_is_told_with_the_figure_without(
    source: SampleSource, rows: pd.DataFrame
) -> None:
    used = staked_with_tc(rows, 311, 321)
    stake = used.groupby("model")["stake_nmr"].sum()
    assert stake.idxmax() == LARGEST
    share = stake.max() / stake.sum()
    others = by_round_of(rows[rows["model"] != LARGEST], 311, 321).sum()
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="311-321")
    assert got.side_by_side == (
        f"The largest model held {100 * share:.0f} % of the stake in rounds 311-321: "
        f"without it +{others:.1f} NMR (11 rounds: no interval)",
    )
    last_line = (await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE)).side_by_side[-1]
    assert last_line == (
        "Rounds 311-321 paid CORR and TC, 57 models: +1,933 NMR (11 rounds: no interval); "
        f"without the largest model, {100 * share:.0f} % of the stake, +{others:.1f} NMR"
    )
    even = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="311-321", stake=100)
    assert even.without_largest is None  # a stake that is shared evenly has no largest
    early = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="300-306")
    assert early.without_largest is None


# ---------------------------------------------------------------- what is still interim


async def test_70_percent_of_what_was_at_risk_in_rounds_306_to_325_is_interim() -> None:
    rows = file_rows.shipped()
    window = rows[rows["round"].between(306, 325) & (rows["stake_nmr"] > 0)]
    share = window.loc[~window["final"], "stake_nmr"].sum() / window["stake_nmr"].sum()
    assert share == pytest.approx(0.70, abs=0.005)


@pytest.mark.parametrize(("name", "asked", "left"), [(MODEL, "318-325", 4), (ENDED, "300-310", 4)])
async def test_interim_rounds_are_left_out_beside_final_ones_and_said_to_be(
    source: SampleSource, name: str, asked: str, left: int
) -> None:
    got = await compare_payouts(source, name, ONE_THREE, current=TWO_ONE, rounds=asked)
    assert got.warnings[-1] == f"Left out: {left} rounds still interim in this data."
    assert f"over {got.span} (you asked for rounds {asked}): " in got.finding
    assert not got.so_far


@pytest.mark.slow
async def test_interim_rounds_alone_are_answered_so_far(source: SampleSource) -> None:
    shipped = file_rows.shipped()
    for name, asked, first, last in (
        (MODEL, "322-325", 322, 325),
        (ENDED, "round 309", 309, 309),
        (INTERIM_STAKED, "311-325", 322, 325),  # its final rounds hold no stake
        (EVERYONE, "322-325", 322, 325),
    ):
        used = shipped if name == EVERYONE else shipped[shipped["model"] == name]
        used = used[used["round"].between(first, last) & (used["stake_nmr"] > 0) & used["tc"].notna()]
        got = await compare_payouts(source, name, ONE_THREE, current=TWO_ONE, rounds=asked)
        assert got.so_far
        assert got.proposed.total == pytest.approx((paid_by(used, 1, 3) * used["stake_nmr"]).sum())
        assert f" over {got.span} so far" in got.finding
        assert got.warnings[0] == f"So far: {got.span} had not resolved."
        assert (got.rounds[0], got.rounds[-1]) == (first, last)


async def test_the_last_so_many_are_the_last_final_ones(source: SampleSource) -> None:
    assert (await compare_payouts(source, ENDED, ONE_THREE, rounds="5")).span == "rounds 302-306"
    assert (await compare_payouts(source, MODEL, ONE_THREE, rounds="5")).span == "rounds 317-321"


# ---------------------------------------------------------------- what was asked


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("183-400", " (you asked for rounds 183-400)"),
        ("300 to 325", " (you asked for rounds 300-325)"),
        ("last 900", " (you asked for the last 900 rounds)"),
        ("900", " (you asked for the last 900 rounds)"),
        ("300-321", ""),
        ("round 318", ""),
        ("20", ""),
        ("all", ""),
        (None, ""),
    ],
)
async def test_rounds_that_were_asked_for_stand_in_the_heading_where_others_are_answered(
    source: SampleSource, asked: str | None, told: str
) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds=asked)
    assert ("you asked" in got.finding) == bool(told)
    assert told in got.finding


# ---------------------------------------------------------------- TC of another unit


@pytest.mark.slow
async def test_tc_before_round_200_is_missing_unless_it_is_asked_for(source: SampleSource) -> None:
    rows = file_rows.shipped()
    spread = rows.groupby("round")["tc"].std()
    assert spread.loc[178:198].drop([186, 192]).min() > 0.2 > 0.1 > spread.loc[200:].max()
    assert (rows.loc[rows["round"].isin([186, 192]), "tc"].dropna() == 0).all()
    old = rows[rows["round"].between(183, 199) & (rows["stake_nmr"] > 0) & rows["tc"].notna()]

    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="all")
    assert got.rounds[0] == 200
    count = f"{len(old[~old['round'].isin([186, 192])]):,}"
    assert f"Left out: {count} rows (a model in a round) with a score in another unit" in str(got.warnings)

    asked = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="all", old_tc=True)
    counted = sorted(set(old["round"]) - {186, 192})
    assert asked.rounds.tolist() == [*counted, *range(200, 322)]
    used = old[old["round"].isin(counted)]
    expected = (paid_by(used, 1, 3) * used["stake_nmr"]).groupby(used["round"]).sum()
    np.testing.assert_allclose(asked.proposed.by_round[: len(counted)], expected, rtol=1e-9, atol=1e-9)
    assert asked.warnings[0] == (
        "TC up to round 198 is in another unit, and counted because that was asked for."
    )
    assert str(asked.warnings).count("another unit") == 1
    corr = await compare_payouts(source, EVERYONE, "1xCORR", current="2xCORR", rounds="all")
    assert corr.rounds[0] == 182
    assert "another unit" not in str(corr.warnings)


# ---------------------------------------------------------------- shown to others


@pytest.mark.parametrize("name", [MODEL, ACCOUNT, LARGEST, ENDED])
@pytest.mark.parametrize("asked", [None, "all", "300-325"])
async def test_nothing_beside_the_answer_names_whose_it_is(
    source: SampleSource, name: str, asked: str | None
) -> None:
    got = await compare_payouts(source, name, ONE_THREE, rounds=asked)
    shown = got.for_others("quiet_heron")
    told = repr(dataclasses.asdict(shown)) + shown.finding + str(shown.side_by_side) + shown.certainty
    assert name not in told
    assert not any(model in told for model in (await source.history(name)).models)
