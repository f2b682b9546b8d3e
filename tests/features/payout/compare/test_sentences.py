"""What a comparison says beside its numbers, and what it says to others."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from features.payout.compare import compare_payouts
from features.payout.compare_card import comparison_answer
from tests.features.payout.compare.by_pandas import (
    ACCOUNT,
    MODEL,
    ONCE_UNSTAKED,
    ONE_THREE,
    TWICE_STAKED,
    TWO_ONE,
    staked_with_tc,
)
from tests.tournament.sample import file_rows
from tests.ui.cards import check_answer
from tournament.sample import SampleSource
from tournament.source import EVERYONE

ASKED = {"proposed": "1C3T", "current": None, "rounds": None, "stake": None, "basis": "stake of the time"}
# ---------------------------------------------------------------- what is said


@pytest.mark.slow
async def test_the_finding_in_a_sentence(source: SampleSource) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="all")
    assert got.finding == (
        "1xCORR + 3xTC would have paid 66,278 NMR less than 2xCORR + 1xTC over rounds 200-321: "
        "57,899 against 124,177 NMR."
    )
    turned = await compare_payouts(source, EVERYONE, TWO_ONE, current=ONE_THREE, rounds="all")
    assert turned.finding == (
        "2xCORR + 1xTC would have paid 66,278 NMR more than 1xCORR + 3xTC over rounds 200-321: "
        "124,177 against 57,899 NMR."
    )
    recent = await compare_payouts(source, EVERYONE, ONE_THREE, rounds="round 318")
    assert recent.finding.startswith("1xCORR + 3xTC would have paid ")
    assert " more than what was paid over round 318: " in recent.finding


async def test_the_same_rule_twice_pays_the_same(source: SampleSource) -> None:
    got = await compare_payouts(source, EVERYONE, "1C3T", current="1 corr + 3 tc")
    assert got.difference == 0
    assert got.finding == (
        "1xCORR + 3xTC would have paid the same as 1xCORR + 3xTC over the last 20 rounds (302-321); "
        "and the same over all 122."
    )
    assert got.more_when == "Never: both rules weigh the scores alike, before clipping."
    assert got.interval == (0, 0)
    assert (got.in_usd, got.level_and_mix) == ("", "")
    told = check_answer(comparison_answer(got, ASKED))
    assert "**Difference: none**\nBoth rules pay alike in every one of these rounds." in told


async def test_what_was_chosen_pays_the_same_as_what_was_paid(source: SampleSource) -> None:
    # payouts on record are rounded, so that the difference is not quite 0
    for stake in (None, 11_000_000):
        got = await compare_payouts(source, MODEL, "1C2T", rounds="311-321", stake=stake)
        assert got.difference != 0
        assert got.finding == "1xCORR + 2xTC would have paid the same as what was paid over rounds 311-321."
        told = check_answer(comparison_answer(got, ASKED))
        assert "less than 0.0001" not in told
        assert "**Difference: none**" in told


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
    # staked in two rounds, at 1xCORR + 1xTC in both; unstaked ones stand at 1xCORR and paid nothing
    got = await compare_payouts(source, TWICE_STAKED, "1C3T", rounds="311-321")
    assert got.rows == 2
    assert got.current.words == "As paid: 1xCORR + 1xTC, the multipliers chosen in all of these rounds"
    assert got.more_when == "Whenever TC is above 0, before clipping."


async def test_the_most_frequent_multipliers_are_those_of_the_rows_that_are_compared(
    source: SampleSource, rows: pd.DataFrame
) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, rounds="311-321")
    used = staked_with_tc(rows, 311, 321)
    kinds = used.value_counts(["corr_multiplier", "tc_multiplier"], normalize=True)
    assert kinds.index[0] == (1, 0)
    assert got.current.words == (
        f"As paid: the multipliers of the time, most often 1xCORR "
        f"({100 * kinds.iloc[0]:.0f} % of the rows, {len(kinds)} combinations)"
    )


@pytest.mark.slow
async def test_rows_that_are_left_out_are_counted(source: SampleSource) -> None:
    part = file_rows.shipped()
    part = part[part["round"].between(300, 321)]
    unstaked = ~(part["stake_nmr"] > 0)
    interim = ~unstaked & ~part["final"]
    no_tc = ~unstaked & part["final"] & part["tc"].isna()
    unpaid = ~unstaked & part["final"] & part["payout_nmr"].isna()
    assert (interim.sum(), no_tc.sum(), unpaid.sum()) == (2500, 1, 4)
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="300-321")
    assert got.warnings[-3:] == (
        f"Left out: {unstaked.sum():,} rows (a model in a round) without a stake.",
        "Left out: 2,500 rows (a model in a round) still interim in this data.",
        "Left out: 1 row (a model in a round) without a score that the current rule pays.",
    )
    assert got.rows == len(part) - unstaked.sum() - interim.sum() - no_tc.sum()

    got = await compare_payouts(source, EVERYONE, ONE_THREE, current="1xCORR", rounds="300-321")
    assert got.warnings[-1] == (
        "Left out: 1 row (a model in a round) without a score that the proposed rule pays."
    )

    got = await compare_payouts(source, EVERYONE, "1xCORR", rounds="300-321")
    assert got.warnings[-1] == ("Left out: 4 rows (a model in a round) without a recorded payout.")
    assert got.rows == len(part) - unstaked.sum() - interim.sum() - unpaid.sum()

    mine = await compare_payouts(source, TWICE_STAKED, "1xCORR", current="2xCORR", rounds="311-321")
    assert mine.warnings[-1] == "Left out: 9 rounds without a stake."
    whole = await compare_payouts(source, MODEL, "1xCORR", rounds="311-321")
    assert whole.warnings == ()


async def test_one_round_that_is_left_out_is_one_round(source: SampleSource) -> None:
    got = await compare_payouts(source, ONCE_UNSTAKED, "1xCORR", current="1C1T", rounds="311-321")
    assert got.warnings == ("Left out: 1 round without a stake.",)


async def test_what_could_not_be_chosen_is_noted_for_both_rules(source: SampleSource) -> None:
    got = await compare_payouts(source, MODEL, ONE_THREE, current=TWO_ONE, rounds="311-321")
    assert got.warnings == (
        "1xCORR + 3xTC was not among the choices members had in rounds 311-320.",
        "2xCORR + 1xTC was not among the choices members had in rounds 311-321.",
    )
    allowed = await compare_payouts(source, MODEL, "1C2T", current="1C", rounds="311-321")
    assert allowed.warnings == ()


async def test_a_note_on_choices_keeps_to_the_rounds_that_are_compared(source: SampleSource) -> None:
    # rounds before 200 have no TC in the unit of the others, so nothing of theirs is compared
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current="1xCORR", rounds="all")
    assert got.span == "rounds 200-321"
    assert "168" not in got.warnings[0]


async def test_a_dated_rule_of_daily_rounds_is_priced_as_its_weekly_equivalent(
    source: SampleSource,
) -> None:
    dated = await compare_payouts(source, EVERYONE, "classic-2023-10-07", current="1xCORR", rounds="311-321")
    typed = await compare_payouts(source, EVERYONE, TWO_ONE, current="1xCORR", rounds="311-321")
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
        "The sample is who stayed on a leaderboard, 17 % of all stake at best: not the tournament.",
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
