"""Two rules on the same rounds: totals worked out with pandas, and the questions that have no answer."""

import asyncio
import dataclasses
import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from arch.bootstrap import CircularBlockBootstrap

from features.payout.compare import PayoutComparison, Side, compare_payouts
from tournament.sample import FOLDER, SampleSource
from tournament.source import EVERYONE

ONE_THREE, TWO_ONE = "1xCORR + 3xTC", "2xCORR + 1xTC"
WITHOUT_LINK = "quiet_heron"  # a name the sample does not have
MODEL = "model_02765"  # staked in all of rounds 311-325, always at 1xCORR + 2xTC
ONCE_UNSTAKED = "model_00930"  # staked in 14 of rounds 311-325
FOUR_TIMES_STAKED = "model_04295"  # in 4 of rounds 311-325, always at 1xCORR + 3xTC
NEVER_STAKED = "model_00112"  # rounds 239-310
ENDED = "model_00005"  # rounds 260-310
ACCOUNT = "account_06446"  # 13 models, not all staked in every round


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "performance_r168_r325.csv.gz")


def paid_by(rows: pd.DataFrame, corr: float, tc: float, *, always_inside: bool = False) -> pd.Series:
    """Share of the stake that each row earns: rounds 311 to 315 had the factor outside the clip."""
    weighted = corr * rows["corr"] + tc * rows["tc"]
    inside = (rows["payout_factor"] * weighted).clip(-0.25, 0.25)
    outside = rows["payout_factor"] * weighted.clip(-0.25, 0.25)
    return inside.where(~rows["round"].between(311, 315) | always_inside, outside)


def staked_with_tc(rows: pd.DataFrame, first: int = 168, last: int = 325) -> pd.DataFrame:
    return rows[rows["round"].between(first, last) & (rows["stake_nmr"] > 0) & rows["tc"].notna()]


# ---------------------------------------------------------------- totals of the whole sample


@pytest.mark.parametrize(
    ("asked", "first", "last", "expected"),
    # the factor inside the clip in all rounds would make it 65,637 against 124,094, and 6,851 against 4,554
    [("all", 168, 325, (65_463, 124_091)), ("311-325", 311, 325, (6_676, 4_551))],
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
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="311-325")
    used = staked_with_tc(rows, 311, 325)
    for side, (corr, tc) in ((got.proposed, (1, 3)), (got.current, (2, 1))):
        weighted = (corr * used["corr"] + tc * used["tc"]).abs()
        seen = weighted.where(used["round"] <= 315, weighted * used["payout_factor"])
        assert side.clipped == pytest.approx((seen >= 0.25).mean())


async def test_as_paid_is_the_payout_column_and_nothing_else(
    source: SampleSource, rows: pd.DataFrame
) -> None:
    paid = rows[(rows["stake_nmr"] > 0) & rows["payout_nmr"].notna()]
    for asked, first, last in (("all", 168, 325), ("311-325", 311, 325), ("205-209", 205, 209)):
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
    got = await compare_payouts(source, MODEL, "1xCORR + 2xTC", rounds="311-325")
    np.testing.assert_allclose(got.proposed.by_round, got.current.by_round, rtol=1e-5)
    assert got.current.words == "As paid: 1xCORR + 2xTC, the multipliers chosen in all of these rounds"
    assert got.more_when == "Never: both rules weigh the scores alike, before clipping."


# ---------------------------------------------------------------- models, accounts, units, stakes


async def test_a_model_has_its_own_rows(source: SampleSource, rows: pd.DataFrame) -> None:
    got = await compare_payouts(source, MODEL.upper(), ONE_THREE, current=TWO_ONE, rounds="311-325")
    used = staked_with_tc(rows[rows["model"] == MODEL], 311, 325)
    np.testing.assert_allclose(got.proposed.by_round, paid_by(used, 1, 3) * used["stake_nmr"], rtol=1e-9)
    assert (got.name, got.kind, got.models, got.rows) == (MODEL, "model", 1, 15)


async def test_an_account_is_paid_the_sum_of_its_models(source: SampleSource, rows: pd.DataFrame) -> None:
    got = await compare_payouts(source, ACCOUNT, ONE_THREE, current=TWO_ONE, rounds="280-325")
    used = staked_with_tc(rows[rows["account"] == ACCOUNT], 280, 325)
    by_round = (paid_by(used, 1, 3) * used["stake_nmr"]).groupby(used["round"]).sum()
    np.testing.assert_allclose(got.proposed.by_round, by_round, rtol=1e-9, atol=1e-12)
    assert (got.name, got.kind) == (ACCOUNT, "account")
    assert got.models == used["model"].nunique()
    assert got.rows == len(used)


async def test_percent_is_of_what_was_at_risk_in_each_round(source: SampleSource, rows: pd.DataFrame) -> None:
    for name in (EVERYONE, ACCOUNT, MODEL):
        got = await compare_payouts(source, name, ONE_THREE, current=TWO_ONE, rounds="300-325", unit="%")
        used = staked_with_tc(rows, 300, 325)
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
    got = await compare_payouts(source, MODEL, ONE_THREE, rounds="311-325", stake=250)
    used = staked_with_tc(rows[rows["model"] == MODEL], 311, 325)
    np.testing.assert_allclose(got.proposed.by_round, 250 * paid_by(used, 1, 3), rtol=1e-9)
    np.testing.assert_allclose(got.current.by_round, 250 * used["payout_nmr"] / used["stake_nmr"], rtol=1e-9)
    twice = await compare_payouts(source, MODEL, ONE_THREE, rounds="311-325", stake=500)
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
    assert got.warnings[-1] == f"{TWO_ONE} was not among the choices members had in rounds 291-310."


@pytest.mark.parametrize("name", [MODEL, ONCE_UNSTAKED, ACCOUNT, EVERYONE])
@pytest.mark.parametrize("current", [None, TWO_ONE])
async def test_100_nmr_at_risk_and_percentages_say_the_same(
    source: SampleSource, name: str, current: str | None
) -> None:
    # all of a named stake is at risk in every round that is compared, however many models can't be
    nmr, percentage = [
        await compare_payouts(
            source, name, ONE_THREE, current=current, rounds="306-325", stake=100, unit=unit
        )
        for unit in ("NMR", "%")
    ]
    np.testing.assert_allclose(nmr.proposed.by_round, percentage.proposed.by_round, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(nmr.current.by_round, percentage.current.by_round, rtol=1e-9, atol=1e-12)


async def test_a_named_stake_is_shared_evenly_by_the_models_of_an_account(
    source: SampleSource, rows: pd.DataFrame
) -> None:
    got = await compare_payouts(source, ACCOUNT, ONE_THREE, current=TWO_ONE, rounds="316-325", stake=130)
    used = rows[(rows["account"] == ACCOUNT) & rows["round"].between(316, 325) & rows["tc"].notna()]
    expected = 130 * paid_by(used, 1, 3).groupby(used["round"]).mean()
    np.testing.assert_allclose(got.proposed.by_round, expected, rtol=1e-9)
    assert got.assumptions[0] == "Stake: 130.0 NMR at risk in every round, shared evenly by the models."


# ---------------------------------------------------------------- which rounds


async def test_without_a_wish_it_is_the_last_20_rounds_with_a_stake(
    source: SampleSource, rows: pd.DataFrame
) -> None:
    for name in (EVERYONE, MODEL, ENDED, FOUR_TIMES_STAKED):
        own = rows if name == EVERYONE else rows[rows["model"] == name]
        staked = np.sort(own.loc[own["stake_nmr"] > 0, "round"].unique())[-20:]
        got = await compare_payouts(source, name, "1xCORR", current="2xCORR")
        np.testing.assert_array_equal(got.rounds, staked)
    assert (await compare_payouts(source, EVERYONE, "1xCORR")).rounds.tolist() == list(range(306, 326))


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("5", 321, 325),
        ("last 5", 321, 325),
        ("round 318", 318, 318),
        ("311-325", 311, 325),
        ("320 to 999", 320, 325),
    ],
)
async def test_rounds_as_they_are_asked_for(source: SampleSource, asked: str, first: int, last: int) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, rounds=asked)
    assert got.rounds.tolist() == list(range(first, last + 1))
    assert got.span == (f"round {first}" if first == last else f"rounds {first}-{last}")


async def test_days_and_source_of_the_numbers(source: SampleSource) -> None:
    calendar = pd.read_csv(FOLDER / "rounds_2022-12-22.csv").set_index("round")["open_time"]
    got = await compare_payouts(source, EVERYONE, ONE_THREE, rounds="311-325")
    assert got.first_day == date.fromisoformat(calendar[311][:10]) == date(2022, 4, 9)
    assert got.last_day == date.fromisoformat(calendar[325][:10]) == date(2022, 7, 16)
    assert got.until == date(2022, 8, 18)
    assert got.source == "Sample, 2022"


# ---------------------------------------------------------------- what is said


async def test_the_finding_in_a_sentence(source: SampleSource) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="all")
    assert got.finding == (
        "1xCORR + 3xTC would have paid 58,628 NMR less than 2xCORR + 1xTC over rounds 183-325: "
        "65,463 against 124,091 NMR."
    )
    turned = await compare_payouts(source, EVERYONE, TWO_ONE, current=ONE_THREE, rounds="all")
    assert turned.finding == (
        "2xCORR + 1xTC would have paid 58,628 NMR more than 1xCORR + 3xTC over rounds 183-325: "
        "124,091 against 65,463 NMR."
    )
    recent = await compare_payouts(source, EVERYONE, ONE_THREE, rounds="round 318")
    assert recent.finding.startswith("1xCORR + 3xTC would have paid ")
    assert " more than what was paid over round 318: " in recent.finding


async def test_the_same_rule_twice_pays_the_same(source: SampleSource) -> None:
    got = await compare_payouts(source, EVERYONE, "1C3T", current="1 corr + 3 tc")
    assert got.difference == 0
    assert got.finding == "1xCORR + 3xTC would have paid the same as 1xCORR + 3xTC over rounds 306-325."
    assert got.more_when == "Never: both rules weigh the scores alike, before clipping."
    assert got.interval == (0, 0)


@pytest.mark.parametrize(
    ("proposed", "current", "words"),
    [
        ("1C3T", "2C1T", "Whenever TC is above half of CORR, before clipping."),
        ("classic-2023-05-01", "classic-2023-10-07", "Whenever TC is above half of CORR, before clipping."),
        ("2C1T", "1C3T", "Whenever TC is below half of CORR, before clipping."),
        ("1C3T", "1C", "Whenever TC is above 0, before clipping."),
        ("1C", "1C3T", "Whenever TC is below 0, before clipping."),
        ("2C1T", "1C", "Whenever 1xCORR + 1xTC is above 0, before clipping."),
        ("1C3T", "1C2T", "Whenever TC is above 0, before clipping."),
        ("1C", "1 fncv3", "Whenever FNCv3 is below CORR, before clipping."),
        (
            "1C3T",
            None,
            "No single answer: the multipliers that were paid changed, or are not all in the data.",
        ),
    ],
)
async def test_where_the_proposed_rule_pays_more(
    source: SampleSource, proposed: str, current: str | None, words: str
) -> None:
    got = await compare_payouts(source, EVERYONE, proposed, current=current)
    assert got.more_when == words


async def test_multipliers_of_rounds_that_are_left_out_do_not_count(source: SampleSource) -> None:
    # staked in four rounds, at 1xCORR + 3xTC in each; unstaked ones stand at 1xCORR and paid nothing
    got = await compare_payouts(source, FOUR_TIMES_STAKED, TWO_ONE, rounds="311-325")
    assert got.rows == 4
    assert got.current.words == "As paid: 1xCORR + 3xTC, the multipliers chosen in all of these rounds"
    assert got.more_when == "Whenever TC is below half of CORR, before clipping."


async def test_the_most_frequent_multipliers_are_those_of_the_rows_that_are_compared(
    source: SampleSource, rows: pd.DataFrame
) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, rounds="311-325")
    used = staked_with_tc(rows, 311, 325)
    kinds = used.value_counts(["corr_multiplier", "tc_multiplier"], normalize=True)
    assert kinds.index[0] == (1, 0)
    assert got.current.words == (
        f"As paid: the multipliers of the time, most often 1xCORR "
        f"({100 * kinds.iloc[0]:.0f} % of the rows, {len(kinds)} combinations)"
    )


async def test_rows_that_are_left_out_are_counted(source: SampleSource, rows: pd.DataFrame) -> None:
    part = rows[rows["round"].between(300, 325)]
    unstaked = ~(part["stake_nmr"] > 0)
    no_tc = ~unstaked & part["tc"].isna()
    unpaid = ~unstaked & part["payout_nmr"].isna()
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="300-325")
    assert got.warnings[-2:] == (
        f"Left out: {unstaked.sum():,} rows (a model in a round) without a stake.",
        f"Left out: {no_tc.sum()} rows (a model in a round) without a score that the current rule pays.",
    )
    assert got.rows == len(part) - unstaked.sum() - no_tc.sum()

    got = await compare_payouts(source, EVERYONE, ONE_THREE, current="1xCORR", rounds="300-325")
    assert got.warnings[-1] == (
        f"Left out: {no_tc.sum()} rows (a model in a round) without a score that the proposed rule pays."
    )

    got = await compare_payouts(source, EVERYONE, "1xCORR", rounds="300-325")
    assert got.warnings[-1] == (
        f"Left out: {unpaid.sum()} rows (a model in a round) without a recorded payout."
    )
    assert got.rows == len(part) - unstaked.sum() - unpaid.sum()

    mine = await compare_payouts(source, FOUR_TIMES_STAKED, "1xCORR", current="2xCORR", rounds="311-325")
    assert mine.warnings[-1] == "Left out: 11 rounds without a stake."
    whole = await compare_payouts(source, MODEL, "1xCORR", rounds="311-325")
    assert whole.warnings == ()


async def test_one_round_that_is_left_out_is_one_round(source: SampleSource) -> None:
    got = await compare_payouts(source, ONCE_UNSTAKED, "1xCORR", current="1C1T", rounds="311-325")
    assert got.warnings == ("Left out: 1 round without a stake.",)


async def test_what_could_not_be_chosen_is_noted_for_both_rules(source: SampleSource) -> None:
    got = await compare_payouts(source, MODEL, ONE_THREE, current=TWO_ONE, rounds="311-325")
    assert got.warnings == (
        "1xCORR + 3xTC was not among the choices members had in rounds 311-320.",
        "2xCORR + 1xTC was not among the choices members had in rounds 311-325.",
    )
    allowed = await compare_payouts(source, MODEL, "1C2T", current="1C", rounds="311-325")
    assert allowed.warnings == ()


async def test_a_note_on_choices_keeps_to_the_rounds_that_are_compared(source: SampleSource) -> None:
    # rounds 168-182 hold no stake, so nothing of theirs is compared
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current="1xCORR", rounds="all")
    assert got.span == "rounds 183-325"
    assert "168" not in got.warnings[0]


async def test_a_dated_rule_of_daily_rounds_is_priced_as_its_weekly_equivalent(
    source: SampleSource,
) -> None:
    dated = await compare_payouts(source, EVERYONE, "classic-2023-10-07", current="1xCORR", rounds="311-325")
    typed = await compare_payouts(source, EVERYONE, TWO_ONE, current="1xCORR", rounds="311-325")
    np.testing.assert_array_equal(dated.proposed.by_round, typed.proposed.by_round)
    assert dated.proposed.words == (
        "2xCORR + 1xTC (Classic from 2023-10-07), at most ±25 % of the stake a round"
    )
    assert dated.warnings[0].startswith("2xCORR + 1xTC is a rule of other rounds (about 25 at once")
    assert dated.warnings[0].endswith(
        "here it is its weekly equivalent, at the clip and payout factor of these rounds."
    )


async def test_everything_that_was_assumed_is_said(source: SampleSource) -> None:
    everyone = await compare_payouts(source, EVERYONE, ONE_THREE)
    assert everyone.assumptions == (
        "Stake: the stake of the time in every round, whatever the rule would have paid before.",
        "Nobody changes what they submit or stake.",
        "The sample is who stayed on a leaderboard, 19 % of all stake at best: not the tournament.",
    )
    account = await compare_payouts(source, ACCOUNT, ONE_THREE, unit="%", stake=100)
    assert account.assumptions == (
        "Stake: the same in every round, shared evenly by the models.",
        "Percentages are of the stake at risk in each round, added up over the rounds.",
        "Nobody changes what they submit or stake.",
        "That these models are one account is a guess from their names.",
    )
    model = await compare_payouts(source, MODEL, ONE_THREE, stake=0.5)
    assert model.assumptions == (
        "Stake: 0.5000 NMR at risk in every round.",
        "Nobody changes what they submit or stake.",
    )


# ---------------------------------------------------------------- how certain it is


async def test_the_interval_agrees_with_another_library(source: SampleSource, rows: pd.DataFrame) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="all")
    used = staked_with_tc(rows)
    pay = (paid_by(used, 1, 3) - paid_by(used, 2, 1)) * used["stake_nmr"]
    differences = pay.groupby(used["round"]).sum().to_numpy()
    assert got.block == 10  # twice the overlap of weekly rounds
    totals = CircularBlockBootstrap(10, differences, seed=3).apply(np.sum, 4000).ravel()
    low, high = np.quantile(totals, [0.025, 0.975])
    # a 2.5 % quantile of 4000 draws is off by sqrt(p q / n) / density; twice, as both are drawn
    error = totals.std() * math.sqrt(2 * 0.025 * 0.975 / 4000) / 0.0584
    assert got.interval == (pytest.approx(low, abs=4.5 * error), pytest.approx(high, abs=4.5 * error))
    assert got.certainty == "It leaves out 0."


async def test_the_same_question_has_the_same_answer(source: SampleSource) -> None:
    first, again = [
        await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="all") for _ in range(2)
    ]
    assert first.interval == again.interval
    np.testing.assert_array_equal(first.proposed.by_round, again.proposed.by_round)


async def test_questions_asked_at_once_do_not_mix(source: SampleSource) -> None:
    names = [EVERYONE, MODEL, ACCOUNT, ENDED, FOUR_TIMES_STAKED] * 2
    together = await asyncio.gather(
        *(compare_payouts(source, name, ONE_THREE, current=TWO_ONE) for name in names)
    )
    for name, got in zip(names, together, strict=True):
        alone = await compare_payouts(source, name, ONE_THREE, current=TWO_ONE)
        assert (got.name, got.finding) == (name, alone.finding)
        assert got.interval == pytest.approx(alone.interval, nan_ok=True)


async def test_a_question_leaves_the_sample_as_it_was(source: SampleSource) -> None:
    everyone = await source.history(EVERYONE)
    before = {name: values.copy() for name, values in everyone.scores.items()}
    stake, payout = everyone.stake.copy(), everyone.payout.copy()
    await compare_payouts(source, EVERYONE, ONE_THREE, rounds="all", stake=100, unit="%")
    await compare_payouts(source, ACCOUNT, ONE_THREE, current=TWO_ONE, rounds="all")
    np.testing.assert_array_equal(everyone.stake, stake)
    np.testing.assert_array_equal(everyone.payout, payout)
    for name, values in before.items():
        np.testing.assert_array_equal(everyone.scores[name], values)


@pytest.mark.parametrize(
    ("asked", "rough"),
    [
        ("306-325", " Only 2 independent stretches, so take it as a rough guide."),
        ("286-325", " Only 4 independent stretches, so take it as a rough guide."),
        ("276-325", ""),
    ],
)
async def test_few_independent_stretches_are_said_to_be_few(
    source: SampleSource, asked: str, rough: str
) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds=asked)
    low, high = got.interval
    assert low < got.difference < high
    verdict = "It includes 0: luck alone could turn it." if low <= 0 <= high else "It leaves out 0."
    assert got.certainty == verdict + rough


@pytest.mark.parametrize(("asked", "count"), [("307-325", 19), ("311-325", 15), ("324-325", 2)])
async def test_fewer_than_two_blocks_have_no_interval(source: SampleSource, asked: str, count: int) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds=asked)
    assert all(map(math.isnan, got.interval))
    assert got.certainty == f"{count} rounds are too few for an interval: neighbouring ones overlap."


async def test_a_single_round_is_too_few_in_the_singular(source: SampleSource) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, rounds="round 318")
    assert math.isnan(got.proposed.spread)
    assert got.certainty == "1 round is too few for an interval: neighbouring ones overlap."


def made_up(
    proposed: list[float], current: list[float], *, interval: tuple[float, float], block: int = 2
) -> PayoutComparison:
    number = np.arange(300, 300 + len(proposed))
    return PayoutComparison(
        name="quiet_heron",
        kind="model",
        models=1,
        unit="NMR",
        rounds=number,
        first_day=date(2031, 5, 4),
        last_day=date(2031, 6, 4),
        proposed=Side("1xCORR", "1xCORR", np.array(proposed), 0.0),
        current=Side("2xCORR", "2xCORR", np.array(current), 0.0),
        interval=interval,
        block=block,
        rows=number.size,
        more_when="",
        warnings=(),
        assumptions=(),
        source="made up",
        until=date(2031, 7, 4),
    )


@pytest.mark.parametrize(
    ("interval", "count", "words"),
    [
        ((-1.0, 3.0), 10, "It includes 0: luck alone could turn it."),
        ((0.0, 3.0), 10, "It includes 0: luck alone could turn it."),
        ((-3.0, 0.0), 10, "It includes 0: luck alone could turn it."),
        ((0.5, 3.0), 10, "It leaves out 0."),
        ((-3.0, -0.5), 11, "It leaves out 0."),
        (
            (0.5, 3.0),
            9,
            "It leaves out 0. Only 4 independent stretches, so take it as a rough guide.",
        ),
        (
            (-0.5, 3.0),
            4,
            "It includes 0: luck alone could turn it. "
            "Only 2 independent stretches, so take it as a rough guide.",
        ),
        ((math.nan, math.nan), 3, "3 rounds are too few for an interval: neighbouring ones overlap."),
    ],
)
def test_sentences_on_certainty_by_hand(interval: tuple[float, float], count: int, words: str) -> None:
    assert made_up([1.0] * count, [0.5] * count, interval=interval).certainty == words


def test_a_side_by_hand() -> None:
    side = Side("1xCORR", "1xCORR", np.array([3.0, -1.0, 0.0, 2.0]), 0.25)
    assert side.total == 4
    assert side.mean == 1
    assert side.spread == pytest.approx(math.sqrt((4 + 4 + 1 + 1) / 3))
    assert side.burned == 0.25
    assert math.isnan(Side("", "", np.array([3.0]), 0.0).spread)


@pytest.mark.parametrize(
    ("proposed", "current", "words"),
    [
        ([2.0, 3.0], [1.0, 1.5], "2.50 NMR more than 2xCORR over rounds 300-301: 5.00 against 2.50 NMR."),
        ([1.0, -3.0], [1.0, 1.5], "4.50 NMR less than 2xCORR over rounds 300-301: −2.00 against 2.50 NMR."),
        ([0.25], [0.125], "0.1250 NMR more than 2xCORR over round 300: 0.2500 against 0.1250 NMR."),
        ([1.0, 2.0], [2.0, 1.0], "the same as 2xCORR over rounds 300-301."),
    ],
)
def test_findings_by_hand(proposed: list[float], current: list[float], words: str) -> None:
    got = made_up(proposed, current, interval=(math.nan, math.nan))
    assert got.finding == f"1xCORR would have paid {words}"


# ---------------------------------------------------------------- shown to others


async def test_others_do_not_see_whose_rows_they_are(source: SampleSource) -> None:
    for name, kind in ((MODEL, "model"), (ACCOUNT, "account")):
        got = await compare_payouts(source, name, ONE_THREE, current=TWO_ONE)
        for own in (None, "quiet_heron", EVERYONE, ""):
            shown = got.for_others(own)
            assert shown.name == f"one {kind}"
            assert name not in repr(dataclasses.asdict(shown))
            assert (shown.finding, shown.certainty) == (got.finding, got.certainty)
        assert got.for_others(name) is got
        assert got.name == name


async def test_everyone_is_no_secret(source: SampleSource) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE)
    assert got.for_others(None) is got


async def test_an_answer_is_frozen(source: SampleSource) -> None:
    got = await compare_payouts(source, MODEL, ONE_THREE)
    for thing, field in ((got, "name"), (got.proposed, "by_round")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(thing, field, None)


# ---------------------------------------------------------------- questions without an answer


async def refusal(source: SampleSource, **changed: object) -> str:
    asked: dict = {"name": EVERYONE, "proposed": ONE_THREE, "current": TWO_ONE} | changed
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - whole sentences are compared by the tests
        await compare_payouts(source, asked.pop("name"), asked.pop("proposed"), **asked)
    sentence = str(caught.value)
    assert len(sentence) < 500
    assert sentence.endswith((".", "?"))
    return sentence


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "modle_00005",
            "There is no model or account called “modle_00005” in this data. "
            "Did you mean model_00005, model_00057 or model_00035?",
        ),
        (WITHOUT_LINK, f"There is no model or account called “{WITHOUT_LINK}” in this data."),
        ("**bold** <@123>", "There is no model or account called “**bold** <@123>” in this data."),
        (
            "@everyone",
            "There is no model or account called “@everyone” in this data. Did you mean everyone?",
        ),
        ("", "That name is empty. Start typing a model's name and pick one from the list."),
        ("   ", "That name is empty. Start typing a model's name and pick one from the list."),
        ("x" * 10_000, "That name has 10,000 characters; names have at most 100."),
    ],
)
async def test_names_that_are_none(source: SampleSource, name: str, words: str) -> None:
    assert await refusal(source, name=name) == words


@pytest.mark.parametrize(
    ("rounds", "words"),
    [
        ("325-311", "Rounds 325-311 run backwards. Did you mean 311-325?"),
        ("326-330", "There is nothing in rounds 326-330: the data has rounds 168-325."),
        ("1-100", "There is nothing in rounds 1-100: the data has rounds 168-325."),
        (
            "0",
            "The last 0 rounds are no rounds. Write it like 20 (the last 20), 311-325, round 318 or all.",
        ),
        (
            "",
            "I can't read “” as a range of rounds. "
            "Write it like 20 (the last 20), 311-325, round 318 or all.",
        ),
        (
            "**all**",
            "I can't read “**all**” as a range of rounds. "
            "Write it like 20 (the last 20), 311-325, round 318 or all.",
        ),
        (
            "9" * 10_000,
            "That range of rounds has 10,000 characters. "
            "Write it like 20 (the last 20), 311-325, round 318 or all.",
        ),
    ],
)
async def test_rounds_that_are_none(source: SampleSource, rounds: str, words: str) -> None:
    assert await refusal(source, rounds=rounds) == words


EXAMPLES = "Try “1xCORR + 3xTC”, “2C1T” or “0.75 corr + 2.25 mmc clip 0.05”."
NO_SUCH_SCORE = (
    "so that rule can't be priced. "
    "It has CORR (rounds 168-325), TC (rounds 178-325) and FNCv3 (rounds 267-325)."
)


@pytest.mark.parametrize("which", ["proposed", "current"])
@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("1xCORR + 2xMMC", f"This data has no MMC, {NO_SUCH_SCORE}"),
        ("classic-2024-01-02", f"This data has no MMC, {NO_SUCH_SCORE}"),
        ("1 corr + 1 mmc + 1 fncv4", f"This data has no MMC or FNCv4, {NO_SUCH_SCORE}"),
        ("classic-2026-08-28", f"This data has no CORR60 or MMC60, {NO_SUCH_SCORE}"),
        ("", f"The rule is empty. {EXAMPLES}"),
        ("-1C3T", f"“-1C3T” is negative, and a multiplier is 0 or more. {EXAMPLES}"),
        ("nan corr", f"“nan” is no number to multiply by. {EXAMPLES}"),
        ("inf corr + 1 tc", f"“inf” is no number to multiply by. {EXAMPLES}"),
        ("1001C", f"“1001” is above 1000, the largest multiplier. {EXAMPLES}"),
        ("1C3T clip 0", f"“0”: clip must be above 0 and at most 1000. {EXAMPLES}"),
        ("1C3T clip -0.05", f"“-0.05”: clip must be above 0. {EXAMPLES}"),
        ("1C3T clip nan", f"“clip” needs a number after it, not “nan”. {EXAMPLES}"),
        ("1C3T threshold 0", f"“0”: threshold must be above 0 and at most 1,000,000,000 NMR. {EXAMPLES}"),
        ("1C1C", f"“C” names CORR a second time. {EXAMPLES}"),
        (
            "x" * 10_000,
            f"A rule has at most 200 characters, this text has 10,000. {EXAMPLES}",
        ),
    ],
)
async def test_rules_that_are_none_or_lack_a_score(
    source: SampleSource, which: str, rule: str, words: str
) -> None:
    assert await refusal(source, **{which: rule}) == words


async def test_a_rule_is_refused_without_pinging_anybody(source: SampleSource) -> None:
    for rule in ("@everyone", "<@&900719925474099301>", "**1C** [a](https://a.b)"):
        sentence = await refusal(source, proposed=rule)
        assert not set(sentence.partition(" Try “")[0]) & set("@<>*[]")


@pytest.mark.parametrize("stake", [0, -1, -0.0, math.nan, math.inf, -math.inf, 11_000_000.5, 1e300])
@pytest.mark.parametrize("current", [None, TWO_ONE])
async def test_stakes_that_are_none(source: SampleSource, stake: float, current: str | None) -> None:
    assert await refusal(source, stake=stake, current=current) == (
        "A stake is a number of NMR above 0 and at most 11,000,000."
    )


@pytest.mark.parametrize("unit", ["USD", "nmr", "percent", "", "@everyone", "x" * 10_000])
async def test_units_that_are_none(source: SampleSource, unit: str) -> None:
    assert "NMR" in await refusal(source, unit=unit)


async def test_all_the_nmr_there_is_can_be_a_stake(source: SampleSource) -> None:
    got = await compare_payouts(source, MODEL, ONE_THREE, current=TWO_ONE, stake=11_000_000)
    assert math.isfinite(got.difference)
    one = await compare_payouts(source, MODEL, ONE_THREE, current=TWO_ONE, stake=1)
    assert got.difference == pytest.approx(11_000_000 * one.difference)


async def test_a_model_with_nothing_in_the_rounds_says_where_it_has_something(source: SampleSource) -> None:
    assert await refusal(source, name=ENDED, rounds="311-325") == (
        f"{ENDED} has nothing in rounds 311-325: its scores are from rounds 260-310."
    )


async def test_a_model_that_was_never_staked_says_what_to_do(source: SampleSource) -> None:
    expected = (
        f"Nothing can be compared: the rounds of {NEVER_STAKED} from 291 to 310 are without a stake. "
        "Name a stake and a current rule to compare two rules on its scores, "
        "for example stake 100 and current 2xCORR + 1xTC."
    )
    assert await refusal(source, name=NEVER_STAKED) == expected
    assert await refusal(source, name=NEVER_STAKED, current=None) == expected
    assert await refusal(source, name=NEVER_STAKED, current=None, stake=100) == expected
    await compare_payouts(source, NEVER_STAKED, ONE_THREE, stake=100, current="2xCORR + 1xTC")


async def test_rounds_whose_pay_is_not_on_record_are_said_to_be(source: SampleSource) -> None:
    assert await refusal(source, current=None, proposed="1xCORR", rounds="185-190") == (
        "Nothing can be compared: the rounds of everyone from 185 to 190 are without a recorded payout. "
        "Try other rounds."
    )


async def test_rounds_before_a_score_was_computed_are_said_to_lack_it(source: SampleSource) -> None:
    assert await refusal(source, stake=100, current="1xCORR", rounds="168-177") == (
        "Nothing can be compared: the rounds of everyone from 168 to 177 "
        "are without a score that the proposed rule pays. Try other rounds."
    )
    assert await refusal(source, stake=100, proposed="1xCORR", current="1xTC", rounds="168-177") == (
        "Nothing can be compared: the rounds of everyone from 168 to 177 "
        "are without a score that the current rule pays. Try other rounds."
    )


async def test_a_typed_threshold_can_be_tried_on_every_round(source: SampleSource) -> None:
    # nothing was at risk in the first rounds: their factor is 1
    got = await compare_payouts(
        source, EVERYONE, "1xCORR threshold 150K", current="1xCORR", rounds="all", stake=1
    )
    assert got.rounds.size == 158
    assert np.isfinite(got.proposed.by_round).all()
