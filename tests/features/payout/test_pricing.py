"""What rows earn under a rule at the terms of their round: rows written by hand, pay worked out by hand."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from types import SimpleNamespace

import numpy as np
import pytest

from features.payout.pricing import Priced, price_as_paid, price_rule, rules_in_force
from scoring.rules import parse_rule
from tournament.source import History, Rounds

SCORES = {"corr": (168, 400), "tc": (178, 400), "mmc": (168, 310)}


def history(
    rounds: Sequence[int],
    *,
    corr: float | Sequence[float] = 0.02,
    tc: float | Sequence[float] = 0.01,
    mmc: float = math.nan,
    factor: float = 0.5,
    stake: float | Sequence[float] = 100.0,
    payout: float | Sequence[float] = math.nan,
    chosen: Mapping[str, float | Sequence[float]] | None = None,
) -> History:
    number = np.array(rounds, dtype=np.int64)

    def column(value: float | Sequence[float]) -> np.ndarray:
        return np.broadcast_to(np.asarray(value, dtype=np.float64), number.shape).copy()

    return History(
        name="quiet_heron",
        kind="model",
        models=("quiet_heron",),
        model=np.zeros(number.size, dtype=np.int64),
        round=number,
        scores={"corr": column(corr), "tc": column(tc), "mmc": column(mmc)},
        chosen={name: column(value) for name, value in (chosen or {"corr": 1, "tc": 0}).items()},
        payout_factor=column(factor),
        stake=column(stake),
        payout=column(payout),
        resolved=np.ones(number.size, dtype=bool),
    )


def calendar(total_at_risk: float = 600_000) -> Rounds:
    number = np.arange(168, 401)
    opened = np.datetime64("2019-07-13T18:00:00") + np.arange(number.size) * np.timedelta64(7, "D")
    return Rounds(
        number=number,
        opened=opened,
        resolves=opened + np.timedelta64(33, "D"),
        total_at_risk=np.full(number.size, float(total_at_risk)),
        stake_threshold=np.full(number.size, 300_000.0),
        payout_factor=np.full(number.size, np.nan),  # the rows say theirs
        paid=np.ones(number.size, dtype=bool),
    )


def paid_on(priced: Priced, stake: np.ndarray) -> SimpleNamespace:
    """What was priced, with the pay on a stake beside the pay per NMR."""
    return SimpleNamespace(**vars(priced), pay=priced.rate * stake)


def price(
    text: str, rows: History, rounds: Rounds | None = None, stake: np.ndarray | None = None
) -> SimpleNamespace:
    rounds = rounds or calendar()
    in_force = rules_in_force("classic", rows, rounds)
    priced = price_rule(lambda base: parse_rule(text, base), rows, rounds, in_force, SCORES)
    return paid_on(priced, rows.stake if stake is None else stake)


def as_paid(rows: History, stake: np.ndarray | None = None) -> SimpleNamespace:
    in_force = rules_in_force("classic", rows, calendar())
    return paid_on(price_as_paid("classic", rows, in_force), rows.stake if stake is None else stake)


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


# ---------------------------------------------------------------- what was really paid


def test_what_was_paid_is_the_payout_itself() -> None:
    rows = history([311, 312, 313], stake=[10, 0, 10], payout=[0.5, 0, math.nan])
    got = as_paid(rows)
    np.testing.assert_array_equal(got.pay, [0.5, math.nan, math.nan])
    assert got.as_paid
    assert got.short == "what was paid"
    assert got.notes == ()


def test_what_was_paid_scales_with_another_stake() -> None:
    rows = history([311, 312], stake=[10, 40], payout=[0.5, -2])
    np.testing.assert_allclose(as_paid(rows, np.array([100.0, 100.0])).pay, [5, -5])


def test_an_unstaked_row_was_paid_nothing_that_is_known() -> None:
    rows = history([311, 312], stake=[0, math.nan], payout=[0, math.nan])
    assert np.isnan(as_paid(rows, np.array([100.0, 100.0])).pay).all()


def test_paid_rows_at_the_clip_are_seen_in_both_orders() -> None:
    # factor .5: outside the clip a quarter of the stake could at most become an eighth
    rows = history([310, 315, 316, 316], stake=100, payout=[25, -12.5, 12.5, -25])
    np.testing.assert_array_equal(as_paid(rows).clipped, [True, True, False, True])


def test_multipliers_that_never_changed_are_named() -> None:
    rows = history([311, 312, 313], payout=1, chosen={"corr": 1, "tc": 2})
    got = as_paid(rows)
    assert dict(got.multipliers or {}) == {"corr": 1, "tc": 2}
    assert got.words == "As paid: 1xCORR + 2xTC, the multipliers chosen in all of these rounds"


def test_multipliers_that_changed_are_counted() -> None:
    rows = history([311, 312, 313, 314], payout=1, chosen={"corr": 1, "tc": [2, 2, 2, 3]})
    got = as_paid(rows)
    assert got.multipliers is None
    assert got.words == (
        "As paid: the multipliers of the time, most often 1xCORR + 2xTC (75 % of the rows, 2 combinations)"
    )


def test_before_tc_was_paid_the_multipliers_are_not_all_known() -> None:
    rows = history([310, 311], payout=1, chosen={"corr": 1, "tc": 0})
    got = as_paid(rows)
    assert got.multipliers is None
    assert got.words == (
        "As paid: the rule and the choices of the time, MMC included (it was paid before round 311)"
    )


def test_multipliers_of_rounds_without_a_stake_were_never_paid() -> None:
    # a model that was not staked stood at the default of 1xCORR, which paid nobody
    rows = history(
        [311, 312, 313],
        stake=[100, 0, 100],
        payout=[1, 0, 1],
        chosen={"corr": 1, "tc": [3, 0, 3]},
    )
    got = as_paid(rows)
    assert dict(got.multipliers or {}) == {"corr": 1, "tc": 3}
    assert got.words == "As paid: 1xCORR + 3xTC, the multipliers chosen in all of these rounds"


def test_without_any_stake_nothing_was_paid() -> None:
    rows = history([311, 312], stake=[0, math.nan], payout=[0, math.nan])
    got = as_paid(rows)
    assert got.multipliers is None
    assert got.words == "As paid: nothing, without a stake"
