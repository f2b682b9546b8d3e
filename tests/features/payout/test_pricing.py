"""What rows earn under a rule at the terms of their round: rows written by hand, pay worked out by hand."""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import pytest

from features.payout.pricing import price_as_paid, rules_in_force
from tests.features.payout.priced import calendar, history, price

# ---------------------------------------------------------------- pay


@pytest.mark.parametrize(
    ("rule", "pay"),
    [
        # 100 NMR x factor .5 x weighted score, CORR .02 and TC .01
        ("1xCORR", 1.0),
        ("1xCORR + 3xTC", 2.5),
        ("2xCORR + 1xTC", 2.5),
        ("3xTC", 1.5),
        ("0xCORR", 0.0),
        ("0.5 corr", 0.5),
    ],
)
def test_pay_is_stake_times_factor_times_weighted_score(rule: str, pay: float) -> None:
    np.testing.assert_allclose(price(rule, history([320])).pay, [pay], atol=1e-12)


def test_each_round_is_clipped_in_the_order_of_its_time() -> None:
    # a weighted score of .8 at factor .5: .25 of the stake with the factor inside, .125 with it outside
    rounds = [200, 310, 311, 315, 316, 325, 394]
    got = price("1xCORR", history(rounds, corr=0.8))
    np.testing.assert_allclose(got.pay, [25, 25, 12.5, 12.5, 25, 25, 25])
    assert got.clipped.all()
    burned = price("1xCORR", history(rounds, corr=-0.8))
    np.testing.assert_allclose(burned.pay, -got.pay)
    # .4 passes the clip only where the factor comes after it
    some = price("1xCORR", history(rounds, corr=0.4))
    np.testing.assert_allclose(some.pay, [20, 20, 12.5, 12.5, 20, 20, 20])
    np.testing.assert_array_equal(some.clipped, [False, False, True, True, False, False, False])


def test_a_typed_clip_takes_the_place_of_the_one_of_the_time() -> None:
    got = price("1xCORR clip 0.1", history([310, 311, 316], corr=0.4))
    np.testing.assert_allclose(got.pay, [10, 5, 10])
    assert got.clipped.all()
    assert got.words == "1xCORR, at most ±10 % of the stake a round"
    np.testing.assert_allclose(price("1xCORR clip 1", history([311], corr=0.4)).pay, [20])


def test_a_typed_threshold_gives_each_round_the_factor_it_would_have_had() -> None:
    rows = history([200, 260, 320])
    np.testing.assert_allclose(price("1xCORR threshold none", history([260, 320])).pay, [2, 2])
    np.testing.assert_allclose(price("1xCORR threshold 150K", rows).pay, [0.5, 0.5, 0.5])
    np.testing.assert_allclose(price("1xCORR threshold 72000", rows, calendar(144_000)).pay, [1, 1, 1])


def test_a_threshold_like_that_of_the_time_keeps_the_published_factor() -> None:
    # the factor of the rows, .5, and not the one the calendar would give: 300K of 1.2M, .25
    rows = history([252, 320])
    np.testing.assert_allclose(price("1xCORR threshold 300000", rows, calendar(1_200_000)).pay, [1, 1])
    np.testing.assert_allclose(price("1xCORR", rows, calendar(1_200_000)).pay, [1, 1])


def test_a_round_in_which_nothing_was_at_risk_has_factor_1() -> None:
    np.testing.assert_allclose(price("1xCORR threshold 150K", history([200]), calendar(1)).pay, [2])
    np.testing.assert_allclose(price("1xCORR threshold 150K", history([200]), calendar(0)).pay, [2])


def test_rounds_before_the_first_rule_on_record_are_read_at_its_terms() -> None:
    got = price("1xCORR", history([168, 182, 183], corr=0.8))
    np.testing.assert_allclose(got.pay, [25, 25, 25])


def test_a_missing_score_is_a_missing_payout_only_where_it_is_paid() -> None:
    rows = history([320, 321], tc=[math.nan, 0.01])
    np.testing.assert_allclose(price("1xCORR + 3xTC", rows).pay, [math.nan, 2.5])
    np.testing.assert_allclose(price("1xCORR", rows).pay, [1, 1])
    np.testing.assert_allclose(price("1xCORR + 0xTC", rows).pay, [1, 1])
    np.testing.assert_array_equal(price("1xCORR + 3xTC", rows).clipped, [False, False])


def test_the_stake_that_is_asked_for_is_the_stake_that_is_priced() -> None:
    rows = history([320, 321], stake=[math.nan, 0])
    got = price("1xCORR", rows, stake=np.array([10.0, 200.0]))
    np.testing.assert_allclose(got.pay, [0.1, 2.0])


def test_rows_in_any_order_keep_their_places() -> None:
    rows = history([325, 311, 200, 316], corr=[0.01, 0.8, 0.8, 0.02])
    np.testing.assert_allclose(price("1xCORR", rows).pay, [0.5, 12.5, 25, 1])


# ---------------------------------------------------------------- words and notes


def test_a_typed_rule_is_called_by_its_multipliers() -> None:
    got = price("1C3T", history([325]))
    assert got.short == "1xCORR + 3xTC"
    assert got.words == "1xCORR + 3xTC, at most ±25 % of the stake a round"
    assert dict(got.multipliers or {}) == {"corr": 1, "tc": 3}
    assert not got.as_paid


def test_priced_rows_are_frozen() -> None:
    rows = history([325])
    priced = price_as_paid("classic", rows, rules_in_force("classic", rows, calendar()))
    with pytest.raises(dataclasses.FrozenInstanceError):
        priced.short = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("rule", "rounds", "unpermitted"),
    [
        ("1C3T", range(311, 326), "311-320"),
        ("1C3T", range(321, 326), None),
        ("2C1T", range(311, 326), "311-325"),
        ("1C2T", range(311, 326), None),
        ("0C2T", range(311, 326), None),
        ("1xTC", range(311, 326), None),
        ("1C1.5T", range(318, 324), "318-320"),
        ("1xCORR", range(200, 326), None),
        ("1C3T", [300, 302, 322], "300 and 302"),
        ("1C1M", range(215, 226), "215-221"),
    ],
)
def test_a_rule_that_members_could_not_choose_says_in_which_rounds(
    rule: str, rounds: Sequence[int], unpermitted: str | None
) -> None:
    got = price(rule, history(rounds, mmc=0.01))
    expected = (
        ()
        if unpermitted is None
        else (f"{got.short} was not among the choices members had in rounds {unpermitted}.",)
    )
    assert got.notes == expected


def test_a_single_round_is_a_round_and_not_rounds() -> None:
    (note,) = price("1C3T", history([318])).notes
    assert note == "1xCORR + 3xTC was not among the choices members had in round 318."


@pytest.mark.parametrize(
    ("rule", "short", "named", "rhythm"),
    [
        ("classic-2023-10-07", "2xCORR + 1xTC", "Classic from 2023-10-07", "about 25 at once"),
        ("CLASSIC-2023-05-01", "1xCORR + 3xTC", "Classic from 2023-05-01", "about 25 at once"),
        ("signals-2023-05-01", "2xCORR + 3xTC", "Signals from 2023-05-01", "about 25 at once"),
    ],
)
def test_a_dated_rule_of_daily_rounds_is_its_weekly_equivalent(
    rule: str, short: str, named: str, rhythm: str
) -> None:
    # its own clip is .05 and its threshold 72K or less; here clip .25 and the factor of the rows count
    rows = history([315, 316], corr=0.2, tc=0.0)
    got = price(rule, rows)
    times = {"2": 2, "1": 1}[short[0]]
    np.testing.assert_allclose(got.pay, [12.5 if times == 2 else 10, 10 * times])
    assert got.words == f"{short} ({named}), at most ±25 % of the stake a round"
    (note,) = got.notes
    assert note.startswith(f"{short} is a rule of other rounds ({rhythm}, ")
    assert note.endswith("; here it is its weekly equivalent, at the clip and payout factor of these rounds.")


def test_a_round_that_risks_everything_is_not_called_1_of_the_stake() -> None:
    (note,) = price("classic-2023-10-07", history([325])).notes
    assert "about 25 at once, each on the whole stake" in note


def test_the_share_that_a_round_risks_is_said() -> None:
    rows = history([325], mmc=0.01)
    got = price("classic-2026-06-25", rows)  # each round on 1/24 of the stake, clip 1
    np.testing.assert_allclose(got.pay, [100 * 0.5 * (5 * 0.02 + 10 * 0.01)])
    assert "about 24 at once, each on 1/24 of the stake" in got.notes[0]


def test_a_dated_rule_of_weekly_rounds_needs_no_note() -> None:
    got = price("classic-2022-06-18", history([311, 325], corr=0.8, tc=0.0))
    assert got.notes == ()
    assert got.words == "1xCORR + 3xTC (Classic from 2022-06-18), at most ±25 % of the stake a round"
    np.testing.assert_allclose(got.pay, [12.5, 25])


@pytest.mark.parametrize(
    ("rule", "missing"),
    [
        ("1xFNCv3", "FNCv3"),
        ("1 corr + 2 fncv4", "FNCv4"),
        ("1 fncv3 + 1 fncv4", "FNCv3 or FNCv4"),
        ("1 alpha + 1 mpc + 1 nmmc", "ALPHA, MPC or NMMC"),
        ("classic-2026-08-28", "CORR60 or MMC60"),
    ],
)
def test_a_score_that_is_not_there_is_named_with_those_that_are(rule: str, missing: str) -> None:
    with pytest.raises(ValueError, match="can't be priced") as caught:
        price(rule, history([320]))
    assert str(caught.value) == (
        f"This data has no {missing}, so that rule can't be priced. "
        "It has CORR (rounds 168-400), TC (rounds 178-400) and MMC (rounds 168-310)."
    )


def test_a_score_that_is_not_there_may_have_multiplier_0() -> None:
    np.testing.assert_allclose(price("1xCORR + 0xFNCv3", history([320])).pay, [1])


@pytest.mark.parametrize("rule", ["", "1C3T clip 0", "-1C", "nan corr", "inf corr", "@everyone", "1C" * 5000])
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="Try “1xCORR") as caught:
        price(rule, history([320]))
    assert len(str(caught.value)) < 400
