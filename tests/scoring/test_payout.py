"""What a round pays: the rows that were really paid, cases done by hand, a slow loop, and properties."""

import csv
import gzip
import itertools
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from scoring.payout import CLIP_ORDERS, break_even, is_clipped, payout_factor, payout_totals, payouts

INSIDE, OUTSIDE = CLIP_ORDERS
SAMPLE = Path(__file__).parents[2] / "data" / "sample"
AGREES = 1e-4  # of the stake: how closely a row that was really paid is met

unhurried = settings(deadline=None)  # a busy machine is no failure
shares = st.floats(-1, 1, allow_subnormal=False)
factors = st.floats(0, 1, allow_subnormal=False)
multipliers = st.floats(0, 10, allow_subnormal=False)
stakes = st.floats(0, 1e6, allow_subnormal=False)
clips = st.floats(0.01, 1)
orders = st.sampled_from(CLIP_ORDERS)


def by_hand(
    scores: list[float], weights: list[float], stake: float, factor: float, clip: float, order: str
) -> float:
    """The rule as its documentation says it, one row at a time."""
    weighted = sum(weight * score for weight, score in zip(weights, scores, strict=True) if weight != 0)
    if order == INSIDE:
        return stake * max(-clip, min(clip, factor * weighted))
    return stake * factor * max(-clip, min(clip, weighted))


# ---------------------------------------------------------------- rows that were really paid


@pytest.fixture(scope="module")
def paid() -> pd.DataFrame:
    return pd.read_csv(SAMPLE / "payouts_paid.csv.gz")


def clip_paid_by(rows: pd.DataFrame) -> float:
    assert rows["round"].between(225, 325).all()  # 0.25 was the clip of all these rounds
    return 0.25


def misses(rows: pd.DataFrame, order: str, clip: float | None = None) -> pd.Series:
    """How far payouts() is from what was paid, as a share of the stake."""
    ours = payouts(
        rows[["corr", "second_score"]],
        rows[["corr_multiplier", "second_multiplier"]],
        rows["stake_nmr"],
        factor=rows["payout_factor"],
        clip=clip_paid_by(rows) if clip is None else clip,
        clip_order=order,
    )
    return (ours - rows["payout_nmr"]).abs() / rows["stake_nmr"]


def test_every_row_that_was_really_paid_is_met(paid: pd.DataFrame) -> None:
    assert len(paid) == 58_072
    assert paid["stake_nmr"].gt(0).all()
    found = 0
    for order, rows in paid.groupby("clip_order"):
        assert misses(rows, str(order)).max() < AGREES
        found += len(rows)
    assert found == 58_072


def test_the_rows_of_rounds_311_to_315_had_the_factor_outside_the_clip(paid: pd.DataFrame) -> None:
    assert set(paid.loc[paid["clip_order"] == OUTSIDE, "round"]) == set(range(311, 316))
    assert (paid["clip_order"] == OUTSIDE).sum() == 92


@pytest.mark.parametrize(("order", "broken"), [(OUTSIDE, 7), (INSIDE, 19)])
def test_the_other_clip_order_would_be_noticed(paid: pd.DataFrame, order: str, broken: int) -> None:
    # counted with pandas alone: rows at the clip in one order and not, or elsewhere, in the other
    rows = paid[paid["clip_order"] == order]
    weighted = (
        rows["corr_multiplier"] * rows["corr"] + rows["second_multiplier"] * rows["second_score"]
    ).abs()
    touched = weighted > 0.25
    if order == INSIDE:
        touched &= rows["payout_factor"] < 1
    assert touched.sum() == broken

    wrong = INSIDE if order == OUTSIDE else OUTSIDE
    assert (misses(rows, wrong) > AGREES).sum() == broken
    assert (misses(rows, wrong)[~touched] < AGREES).all()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda rows: rows.assign(second_multiplier=0), id="second score unpaid"),
        pytest.param(lambda rows: rows.assign(payout_factor=1), id="no payout factor"),
        pytest.param(lambda rows: rows.assign(stake_nmr=rows["stake_nmr"] * 1.01), id="stake off by 1 %"),
        pytest.param(lambda rows: rows.assign(corr=rows["corr"] + 0.001), id="score off by .001"),
    ],
)
def test_rows_changed_a_little_would_be_noticed(
    paid: pd.DataFrame, change: Callable[[pd.DataFrame], pd.DataFrame]
) -> None:
    rows = paid[(paid["round"] >= 316) & (paid["second_multiplier"] > 0)]
    assert (misses(rows, INSIDE) < AGREES).all()
    assert (misses(change(rows), INSIDE) > AGREES).mean() > 0.5


def test_the_clip_of_today_would_not_have_paid_those_rows(paid: pd.DataFrame) -> None:
    assert (misses(paid[paid["clip_order"] == INSIDE], INSIDE, clip=0.05) > AGREES).sum() > 10_000


def test_a_loop_over_the_paid_rows_gets_the_same_numbers() -> None:
    with gzip.open(SAMPLE / "payouts_paid.csv.gz", "rt", encoding="utf-8") as file:
        for row in itertools.islice(csv.DictReader(file), 0, None, 97):
            scores = [float(row["corr"]), float(row["second_score"])]
            weights = [float(row["corr_multiplier"]), float(row["second_multiplier"])]
            stake, factor = float(row["stake_nmr"]), float(row["payout_factor"])
            ours = payouts(scores, weights, stake, factor=factor, clip=0.25, clip_order=row["clip_order"])
            loop = by_hand(scores, weights, stake, factor, 0.25, row["clip_order"])
            assert ours == pytest.approx(loop, rel=1e-12, abs=1e-15)
            assert ours == pytest.approx(float(row["payout_nmr"]), abs=AGREES * stake)


@pytest.mark.parametrize(
    ("scores", "weights", "stake", "factor", "expected"),
    [
        ([0.074352], [1], 3711.952874, 0.427248, 117.9167),
        ([0.074352, -0.4], [1, 0], 3711.952874, 0.427248, 117.9167),
        ([0.016472, -0.055199], [1, 2], 267.725528, 0.428648, -10.778805),
        ([0.2567], [1], 0.106289, 1.0, 0.026572),
    ],
)
def test_three_known_rows(
    scores: list[float], weights: list[float], stake: float, factor: float, expected: float
) -> None:
    # the scores are written with six digits: half a millionth of the stake each, times the weight
    tolerance = sum(weights) * 0.5e-6 * stake + 0.5e-4
    assert payouts(scores, weights, stake, factor=factor, clip=0.25) == pytest.approx(expected, abs=tolerance)


# ---------------------------------------------------------------- by hand


@pytest.mark.parametrize(
    ("scores", "weights", "stake", "factor", "clip", "inside", "outside"),
    [
        # nothing reaches the clip: both orders agree
        ([0.02, 0.01], [1, 3], 100, 1.0, 0.25, 5.0, 5.0),
        ([0.02, 0.01], [2, 1], 100, 1.0, 0.25, 5.0, 5.0),
        ([0.02, 0.01], [1, 3], 100, 0.5, 0.25, 2.5, 2.5),
        # w = .4, above the clip before the factor and not after
        ([0.4], [1], 100, 0.5, 0.25, 20.0, 12.5),
        ([-0.4], [1], 100, 0.5, 0.25, -20.0, -12.5),
        # w = .8, above both
        ([0.2], [4], 100, 0.5, 0.25, 25.0, 12.5),
        ([-0.2], [4], 100, 0.5, 0.25, -25.0, -12.5),
        # a factor of 1 makes the orders one
        ([0.4], [1], 100, 1.0, 0.25, 25.0, 25.0),
        # the rule of 2023: clip .05
        ([0.03, 0.02], [2, 1], 72, 1.0, 0.05, 3.6, 3.6),
        ([0.03, 0.02], [2, 1], 72, 0.1, 0.05, 0.576, 0.36),
        # a stake of 0 and a factor of 0 pay nothing
        ([0.4], [1], 0, 1.0, 0.25, 0.0, 0.0),
        ([0.4], [1], 100, 0.0, 0.25, 0.0, 0.0),
        # no clip at all
        ([3.0], [2], 10, 1.0, math.inf, 60.0, 60.0),
        ([-3.0], [2], 10, 0.5, math.inf, -30.0, -30.0),
    ],
)
def test_rows_by_hand_in_both_orders(
    scores: list[float],
    weights: list[float],
    stake: float,
    factor: float,
    clip: float,
    inside: float,
    outside: float,
) -> None:
    for order, expected in ((INSIDE, inside), (OUTSIDE, outside)):
        got = payouts(scores, weights, stake, factor=factor, clip=clip, clip_order=order)
        assert got == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_the_defaults_are_factor_1_clip_5_percent_and_the_factor_inside() -> None:
    assert payouts([0.04], [1], 100) == pytest.approx(4.0)
    assert payouts([0.4], [1], 100) == pytest.approx(5.0)
    assert payouts([0.4], [1], 100, factor=0.1) == pytest.approx(4.0)


def test_the_two_rules_of_the_thread_are_not_the_same() -> None:
    # CORR .02: at TC .01, half of it, they agree; above, 1C3T pays more; below, less
    tc = np.array([0.0, 0.01, 0.02])
    scores = np.stack([np.full(3, 0.02), tc], axis=-1)
    one_three = payouts(scores, [1, 3], 1000, clip=0.25)
    two_one = payouts(scores, [2, 1], 1000, clip=0.25)
    np.testing.assert_allclose(one_three, [20, 50, 80])
    np.testing.assert_allclose(two_one, [40, 50, 60])


# ---------------------------------------------------------------- what is not known


@pytest.mark.parametrize("order", CLIP_ORDERS)
def test_a_missing_score_gives_a_missing_payout_unless_its_multiplier_is_0(order: str) -> None:
    scores = [[0.01, np.nan], [np.nan, 0.01], [np.nan, np.nan]]
    paid_both = payouts(scores, [1, 1], 100, clip_order=order)
    assert np.isnan(paid_both).all()
    np.testing.assert_allclose(payouts(scores, [1, 0], 100, clip_order=order), [1, np.nan, np.nan])
    np.testing.assert_allclose(payouts(scores, [0, 1], 100, clip_order=order), [np.nan, 1, np.nan])
    np.testing.assert_array_equal(payouts(scores, [0, 0], 100, clip_order=order), [0, 0, 0])


def test_the_multiplier_that_silences_a_missing_score_is_looked_at_row_by_row() -> None:
    scores = [[0.01, np.nan], [0.01, np.nan], [0.01, 0.02]]
    weights = [[1, 0], [1, 1], [1, 1]]
    np.testing.assert_allclose(payouts(scores, weights, 100), [1, np.nan, 3])


def test_a_score_that_nothing_is_paid_for_cannot_change_the_pay() -> None:
    known = payouts([0.013, -0.7], [1, 0], 250, factor=0.4)
    unknown = payouts([0.013, np.nan], [1, 0], 250, factor=0.4)
    absent = payouts([0.013], [1], 250, factor=0.4)
    assert known == unknown == absent


@pytest.mark.parametrize("order", CLIP_ORDERS)
def test_a_factor_that_is_not_known_yet_gives_a_missing_payout(order: str) -> None:
    got = payouts([[0.01], [0.01]], [1], 100, factor=[np.nan, 0.5], clip_order=order)
    np.testing.assert_allclose(got, [np.nan, 0.5])


# ---------------------------------------------------------------- shapes


@pytest.mark.parametrize("order", CLIP_ORDERS)
def test_rules_by_rounds_by_models_agree_with_a_loop(order: str) -> None:
    rng = np.random.default_rng(7)
    rules, rounds, models, kinds = 3, 5, 4, 2
    scores = rng.normal(0, 0.1, (rounds, models, kinds))
    scores[rng.random(scores.shape) < 0.2] = np.nan
    weights = rng.integers(0, 4, (rules, 1, 1, kinds)).astype(float)
    weights[0, 0, 0] = [1, 0]
    stake = rng.gamma(1, 100, (rounds, models))
    factor = rng.uniform(0.3, 1, (rounds, 1))
    clip = np.array([0.25, 0.05, 0.1])[:, None, None]
    got = payouts(scores, weights, stake, factor=factor, clip=clip, clip_order=order)
    assert got.shape == (rules, rounds, models)
    assert got.dtype == np.float64
    missing = 0
    for a, r, m in itertools.product(range(rules), range(rounds), range(models)):
        expected = by_hand(
            scores[r, m].tolist(),
            weights[a, 0, 0].tolist(),
            float(stake[r, m]),
            float(factor[r, 0]),
            float(clip[a, 0, 0]),
            order,
        )
        used = [s for s, w in zip(scores[r, m], weights[a, 0, 0], strict=True) if w]
        if any(map(math.isnan, used)):
            missing += 1
            assert math.isnan(got[a, r, m])
        else:
            assert got[a, r, m] == pytest.approx(expected, rel=1e-12, abs=1e-12)
    assert missing, "no missing score was met, so the rule on them was not tried"


@pytest.mark.parametrize("rule", [[1, 3], [2, 1], [1, 0], [0, 2], [0, 0]])
def test_one_rule_for_all_rows_pays_as_the_same_rule_written_on_each(rule: list[float]) -> None:
    scores = np.random.default_rng(5).normal(0, 0.1, (50, 2))
    scores[::7, 0] = scores[::5, 1] = np.nan
    stake = np.arange(50.0)
    each = np.broadcast_to(np.array(rule, dtype=float), (50, 2))
    for order in CLIP_ORDERS:
        np.testing.assert_allclose(
            payouts(scores, rule, stake, factor=0.4, clip=0.1, clip_order=order),
            payouts(scores, each, stake, factor=0.4, clip=0.1, clip_order=order),
            rtol=1e-12,
            atol=1e-15,
        )


def test_stakes_factors_and_clips_may_differ_by_row() -> None:
    got = payouts([[0.4], [0.4], [0.4]], [1], [10, 20, 30], factor=[1, 0.5, 1], clip=[0.25, 0.25, 0.05])
    np.testing.assert_allclose(got, [2.5, 4, 1.5])


def test_one_score_and_several_stakes() -> None:
    np.testing.assert_allclose(payouts([0.02, 0.01], [1, 3], [0, 1, 100]), [0, 0.05, 5])


def test_no_models_is_no_payouts() -> None:
    assert payouts(np.zeros((0, 2)), [1, 3], np.zeros(0)).shape == (0,)
    assert payouts(np.zeros((4, 0, 2)), [1, 3], 10).shape == (4, 0)


def test_lists_tuples_series_and_frames_are_all_numbers() -> None:
    expected = [5.0, 10.0]
    rows = [[0.02, 0.01], [0.02, 0.01]]
    index = pd.Index(["quiet_heron", "loud_heron"])
    shuffled = pd.Index(["loud_heron", "quiet_heron"])  # labels never realign anything
    for scores, weights, stake, factor in (
        (rows, [1, 3], [100, 200], [1, 1]),
        (tuple(map(tuple, rows)), (1, 3), (100, 200), (1, 1)),
        (np.array(rows, dtype=np.float32), np.array([1, 3]), np.array([100, 200]), 1),
        (
            pd.DataFrame(rows, index=index, columns=["corr", "tc"]),
            pd.Series([1, 3], index=["tc", "corr"]),
            pd.Series([100, 200], index=shuffled),
            pd.Series([1.0, 1.0], index=index),
        ),
    ):
        got = payouts(scores, weights, stake, factor=factor, clip=0.25)
        assert type(got) is np.ndarray
        assert got.dtype == np.float64
        np.testing.assert_allclose(got, expected, rtol=1e-6)


@pytest.mark.parametrize("weights", [[1.0, 0.0], [[1.0, 0.0]], [1.0], [[1.0]]])
def test_what_is_passed_in_stays_as_it_was(weights: object) -> None:
    arrays = [np.array([[0.4, np.nan]]), np.array(weights), np.array([10.0]), np.array([0.5])]
    copies = [array.copy() for array in arrays]
    for order in CLIP_ORDERS:
        payouts(*arrays[:3], factor=arrays[3], clip=0.25, clip_order=order)
    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


# ---------------------------------------------------------------- properties


@unhurried
@given(st.lists(shares, min_size=2, max_size=2), st.tuples(multipliers, multipliers), stakes, factors, clips)
def test_both_orders_agree_with_the_documentation(
    scores: list[float], weights: tuple[float, float], stake: float, factor: float, clip: float
) -> None:
    for order in CLIP_ORDERS:
        got = payouts(scores, weights, stake, factor=factor, clip=clip, clip_order=order)
        assert got == pytest.approx(
            by_hand(scores, list(weights), stake, factor, clip, order), rel=1e-9, abs=1e-9
        )


@unhurried
@given(
    st.lists(shares, min_size=2, max_size=2),
    st.tuples(multipliers, multipliers),
    stakes,
    factors,
    clips,
    orders,
    st.floats(0, 100),
)
def test_pay_scales_with_the_stake(
    scores: list[float],
    weights: tuple[float, float],
    stake: float,
    factor: float,
    clip: float,
    order: str,
    times: float,
) -> None:
    once = payouts(scores, weights, stake, factor=factor, clip=clip, clip_order=order)
    often = payouts(scores, weights, times * stake, factor=factor, clip=clip, clip_order=order)
    assert often == pytest.approx(times * once, rel=1e-9, abs=1e-9)


@unhurried
@given(
    st.lists(shares, min_size=2, max_size=2),
    st.tuples(multipliers, multipliers),
    stakes,
    factors,
    clips,
    orders,
)
def test_pay_never_passes_the_clip_and_turns_with_its_scores(
    scores: list[float],
    weights: tuple[float, float],
    stake: float,
    factor: float,
    clip: float,
    order: str,
) -> None:
    pay = payouts(scores, weights, stake, factor=factor, clip=clip, clip_order=order)
    assert abs(pay) <= clip * stake * (1 + 1e-12)
    turned = payouts([-score for score in scores], weights, stake, factor=factor, clip=clip, clip_order=order)
    assert turned == -pay


@unhurried
@given(shares, stakes, st.lists(st.floats(0, 2), min_size=2, max_size=20), clips, orders)
def test_a_larger_factor_never_takes_pay_towards_0(
    score: float, stake: float, several: list[float], clip: float, order: str
) -> None:
    several = sorted(several)
    for bound in (clip, np.inf):
        pay = payouts(np.full((len(several), 1), score), [1], stake, factor=several, clip=bound)
        assert (np.diff(np.abs(pay)) >= 0).all()
        assert (np.sign(pay) * np.sign(score) >= 0).all()
    unclipped = payouts(
        np.full((len(several), 1), score), [1], stake, factor=several, clip=np.inf, clip_order=order
    )
    np.testing.assert_allclose(unclipped, stake * score * np.array(several), rtol=1e-9, atol=1e-9)


@unhurried
@given(
    st.integers(-4096, 4096),
    st.integers(-4096, 4096),
    st.integers(0, 10_000),
    st.sampled_from([1, 0.5, 0.25]),
)
def test_one_three_less_two_one_is_twice_tc_less_corr_before_clipping(
    corr: int, tc: int, stake: int, factor: float
) -> None:
    # whole 4096ths and halved factors are exact in binary, so the identity must be too
    scores = [corr / 4096, tc / 4096]
    for order in CLIP_ORDERS:
        one_three, two_one = (
            payouts(scores, rule, stake, factor=factor, clip=np.inf, clip_order=order)
            for rule in ([1, 3], [2, 1])
        )
        assert one_three - two_one == stake * factor * (2 * tc - corr) / 4096


@unhurried
@given(shares, shares, stakes, factors)
def test_clipping_never_turns_round_which_rule_pays_more(
    corr: float, tc: float, stake: float, factor: float
) -> None:
    one_three, two_one = (
        payouts([corr, tc], rule, stake, factor=factor, clip=0.25) for rule in ([1, 3], [2, 1])
    )
    if 2 * tc - corr > 1e-9:
        assert one_three >= two_one
    elif 2 * tc - corr < -1e-9:
        assert one_three <= two_one


# ---------------------------------------------------------------- what payouts() refuses


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"scores": "none"}, "The scores must be numbers."),
        ({"scores": [[0.1, 0.2], [0.1]]}, "The scores must be numbers."),
        ({"scores": [0.1 + 1j, 0.2]}, "The scores must be numbers."),
        ({"multipliers": ["one", "three"]}, "The multipliers must be numbers."),
        ({"multipliers": [1, -3]}, "Multipliers must be numbers of 0 or more."),
        ({"multipliers": [1, np.nan]}, "Multipliers must be numbers of 0 or more."),
        ({"multipliers": [1, np.inf]}, "Multipliers must be numbers of 0 or more."),
        ({"multipliers": [1, None]}, "Multipliers must be numbers of 0 or more."),
        ({"multipliers": [1, 2, 3]}, "3 multipliers do not fit 2 scores."),
        ({"scores": [0.1, 0.2, 0.3]}, "2 multipliers do not fit 3 scores."),
        ({"stake": "much"}, "The stake must be numbers."),
        ({"stake": -1}, "A stake must be a number of 0 NMR or more."),
        ({"stake": [10, -1e-300]}, "A stake must be a number of 0 NMR or more."),
        ({"stake": np.nan}, "A stake must be a number of 0 NMR or more."),
        ({"stake": np.inf}, "A stake must be a number of 0 NMR or more."),
        ({"factor": "all"}, "The payout factor must be numbers."),
        ({"factor": -0.1}, "A payout factor must be a number of 0 or more."),
        ({"factor": np.inf}, "A payout factor must be a number of 0 or more."),
        ({"factor": -np.inf}, "A payout factor must be a number of 0 or more."),
        ({"clip": "tight"}, "The clip must be numbers."),
        ({"clip": 0}, "A clip must be above 0."),
        ({"clip": -0.05}, "A clip must be above 0."),
        ({"clip": np.nan}, "A clip must be above 0."),
        ({"clip": [0.05, 0]}, "A clip must be above 0."),
        ({"clip_order": "inside"}, "The clip order is one of factor_inside_clip and factor_outside_clip."),
        ({"clip_order": ""}, "The clip order is one of factor_inside_clip and factor_outside_clip."),
    ],
)
def test_bad_input_gets_its_sentence(changed: dict[str, object], words: str) -> None:
    asked: dict = {"scores": [0.1, 0.2], "multipliers": [1, 3], "stake": 100} | changed
    positional = [asked.pop(name) for name in ("scores", "multipliers", "stake")]
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
        payouts(*positional, **asked)
    assert str(caught.value) == words


@pytest.mark.parametrize(
    "changed",
    [
        {"stake": [1, 2, 3], "factor": [1, 0.5]},
        {"scores": [[0.1, 0.2], [0.1, 0.2]], "stake": [1, 2, 3]},
        {"scores": [[0.1, 0.2], [0.1, 0.2]], "multipliers": [[1, 3], [1, 3], [1, 3]]},
        {"stake": [1, 2, 3], "clip": [0.05, 0.25]},
    ],
)
def test_shapes_that_do_not_fit_get_a_sentence(changed: dict[str, object]) -> None:
    asked: dict = {"scores": [0.1, 0.2], "multipliers": [1, 3], "stake": 100} | changed
    positional = [asked.pop(name) for name in ("scores", "multipliers", "stake")]
    with pytest.raises(ValueError, match=r"^The shapes do not fit each other: .*[^.]\.$"):
        payouts(*positional, **asked)


@pytest.mark.parametrize(("scores", "weights"), [([], []), ([], [1]), ([1], []), (np.zeros((3, 0)), [])])
def test_no_score_at_all_gets_a_sentence(scores: object, weights: object) -> None:
    with pytest.raises(ValueError, match=r"^A payout needs at least one score\.$"):
        payouts(scores, weights, 100)


# ---------------------------------------------------------------- totals over rounds


def check_totals(
    scores: np.ndarray,
    rules: np.ndarray,
    stake: ArrayLike,
    *,
    factor: ArrayLike = 1.0,
    clip: ArrayLike = 0.05,
) -> np.ndarray:
    """Totals in both orders beside the sums of single payouts; hands back those with the factor inside."""
    found = {}
    for order in CLIP_ORDERS:
        paid = np.stack(
            [payouts(scores, rule, stake, factor=factor, clip=clip, clip_order=order) for rule in rules]
        )
        found[order] = payout_totals(scores, rules, stake, factor=factor, clip=clip, clip_order=order)
        size = np.nansum(np.abs(paid), axis=1).max(initial=1e-9)
        np.testing.assert_allclose(found[order], np.nansum(paid, axis=1), rtol=1e-9, atol=1e-12 * size)
    return found[INSIDE]


def test_totals_by_hand() -> None:
    scores = [[[0.01, 0.02], [0.04, 0.04]], [[-0.02, 0.01], [0.0, -0.01]]]  # two rounds of two models
    got = payout_totals(scores, [[1, 3], [2, 1], [0, 0]], [[100, 10], [200, 10]], clip=0.05)
    # 1C3T: .07 clipped, .01 | .16 clipped, -.03; 2C1T: .04, -.03 | .12 clipped, -.01
    np.testing.assert_allclose(got, [[5 + 2, 0.5 - 0.3], [4 - 6, 0.5 - 0.1], [0, 0]], atol=1e-15)
    one_stake = payout_totals(scores, [[2, 1]], 100, factor=[[0.5], [1]], clip=[[0.01], [math.inf]])
    np.testing.assert_allclose(one_stake, [[1 - 3, 1 - 1]], atol=1e-15)


@pytest.mark.parametrize(
    ("rounds", "models", "rules"),
    [(1, 1, 1), (7, 5, 3), (3, 3000, 2), (3000, 3, 60), (131_073, 2, 2), (40, 30, 120)],
)
def test_totals_of_any_size_are_the_sums_of_payouts(rounds: int, models: int, rules: int) -> None:
    # the sizes cut the work in every way: by rules, by models, and a single record too long for a piece
    rng = np.random.default_rng(rounds)
    scores = rng.normal(0, 0.05, (rounds, models, 2))
    scores[rng.random(scores.shape) < 0.1] = np.nan
    weights = rng.integers(0, 4, (rules, 2)).astype(float)
    factor = rng.uniform(0.3, 1, (rounds, 1))
    factor[rng.random(rounds) < 0.05] = np.nan
    check_totals(scores, weights, rng.exponential(50, (rounds, models)), factor=factor, clip=0.1)


def test_totals_of_rules_that_miss_different_scores() -> None:
    rng = np.random.default_rng(3)
    scores = rng.normal(0, 0.05, (20, 6, 3))
    scores[rng.random(scores.shape) < 0.3] = np.nan
    scores[:, 0] = np.nan
    rules = np.array(list(itertools.product([0, 1, 2.5], repeat=3)))
    totals = check_totals(scores, rules, rng.exponential(50, (20, 6)))
    assert not totals[:, 0].any()
    assert totals[1:, 1:].all()


def test_totals_where_the_clip_differs_by_round_by_model_or_is_none() -> None:
    rng = np.random.default_rng(8)
    scores, stake = rng.normal(0, 0.2, (30, 4, 2)), rng.exponential(50, (30, 4))
    rules, several = np.array([[1.0, 3.0], [2.0, 1.0], [0.0, 9.0]]), np.array([0.05, 0.25, 1.0, np.inf])
    by_round, by_cell = rng.choice(several, (30, 1)), rng.choice(several, (30, 4))
    for clip in (0.05, np.inf, by_round, by_cell, several):
        check_totals(scores, rules, stake, factor=rng.uniform(0.3, 1, (30, 4)), clip=clip)
    no_clip = payout_totals(scores, rules, stake, clip=np.inf)
    np.testing.assert_allclose(no_clip, np.einsum("rnk,pk,rn->pn", scores, rules, stake))


def test_totals_of_nothing() -> None:
    assert payout_totals(np.zeros((4, 0, 2)), [[1, 3]], 10).shape == (1, 0)
    assert payout_totals(np.zeros((4, 3, 2)), np.zeros((0, 2)), 10).shape == (0, 3)
    np.testing.assert_array_equal(payout_totals(np.zeros((0, 3, 2)), [[1, 3]], 10), np.zeros((1, 3)))


def test_totals_leave_what_is_passed_in_as_it_was() -> None:
    arrays = [
        np.array([[[0.4, np.nan]], [[0.1, -0.2]]]),
        np.array([[1.0, 0.0], [1.0, 2.0]]),
        np.array([[10.0]]),
    ]
    factor, clip = np.array([[np.nan], [0.5]]), np.array([[0.25], [np.inf]])
    copies = [array.copy() for array in (*arrays, factor, clip)]
    for order in CLIP_ORDERS:
        payout_totals(*arrays, factor=factor, clip=clip, clip_order=order)
    for array, copy in zip((*arrays, factor, clip), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_the_totals_of_rows_that_were_really_paid_are_the_totals_that_were_paid(paid: pd.DataFrame) -> None:
    rows = paid[
        (paid["clip_order"] == INSIDE) & (paid["corr_multiplier"] == 1) & (paid["second_multiplier"] == 2)
    ]
    rounds, row_round = np.unique(rows["round"], return_inverse=True)
    models, row_model = np.unique(rows["model"].to_numpy(str), return_inverse=True)
    scores = np.full((len(rounds), len(models), 2), np.nan)
    scores[row_round, row_model] = rows[["corr", "second_score"]]
    stake, factor = np.zeros((2, len(rounds), len(models)))
    stake[row_round, row_model] = rows["stake_nmr"]
    factor[row_round, row_model] = rows["payout_factor"]
    got = payout_totals(scores, [[1, 2]], stake, factor=factor, clip=0.25)[0]
    expected = np.bincount(row_model, weights=rows["payout_nmr"])
    assert len(rows) > 1000
    assert (np.abs(got - expected) <= AGREES * stake.sum(axis=0)).all()


@unhurried
@given(
    st.lists(st.tuples(shares, shares, stakes, factors, clips), min_size=1, max_size=12),
    st.lists(st.tuples(multipliers, multipliers), min_size=1, max_size=4),
)
def test_totals_of_one_model_are_the_sum_of_its_payouts(
    rows: list[tuple[float, float, float, float, float]], rules: list[tuple[float, float]]
) -> None:
    corr, tc, stake, factor, clip = (np.array(column)[:, None] for column in zip(*rows, strict=True))
    check_totals(np.stack([corr, tc], axis=-1), np.array(rules), stake, factor=factor, clip=clip)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"scores": "none"}, "The scores must be numbers."),
        (
            {"scores": [[0.1, 0.2]]},
            "Totals need scores by round, model and kind, and multipliers by rule and kind.",
        ),
        (
            {"multipliers": [1, 3]},
            "Totals need scores by round, model and kind, and multipliers by rule and kind.",
        ),
        ({"multipliers": [[1, 2, 3]]}, "3 multipliers do not fit 2 scores."),
        ({"multipliers": [[1, -3]]}, "Multipliers must be numbers of 0 or more."),
        ({"scores": np.zeros((3, 4, 0))}, "A payout needs at least one score."),
        (
            {"scores": np.full((3, 4, 2), np.inf)},
            "A score must be a finite number, or NaN where it is missing.",
        ),
        ({"stake": -1}, "A stake must be a number of 0 NMR or more."),
        ({"factor": -1}, "A payout factor must be a number of 0 or more."),
        ({"clip": 0}, "A clip must be above 0."),
        ({"clip_order": "inside"}, "The clip order is one of factor_inside_clip and factor_outside_clip."),
        (
            {"stake": np.ones((5, 3, 4))},
            "The stake, the payout factor and the clip must be given by round and model.",
        ),
        (
            {"stake": np.ones(3)},
            "The shapes do not fit each other: scores (3, 4), stake (3,), factor (), clip ().",
        ),
    ],
)
def test_totals_of_nonsense_get_a_sentence(changed: dict[str, object], words: str) -> None:
    asked: dict = {"scores": np.zeros((3, 4, 2)), "multipliers": [[1, 3]], "stake": 100} | changed
    positional = [asked.pop(name) for name in ("scores", "multipliers", "stake")]
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
        payout_totals(*positional, **asked)
    assert str(caught.value) == words


# ---------------------------------------------------------------- the factor of a round


@pytest.mark.parametrize(
    ("total", "threshold", "factor"),
    [
        (600_000, 300_000, 0.5),
        (300_000, 300_000, 1.0),
        (299_999, 300_000, 1.0),
        (720_000, 72_000, 0.1),
        (1e12, 72_000, 7.2e-8),
        (math.inf, 72_000, 0.0),
    ],
)
def test_payout_factors_by_hand(total: float, threshold: float, factor: float) -> None:
    got = payout_factor(total, threshold)
    assert type(got) is float
    assert got == pytest.approx(factor, rel=1e-12)


def test_an_empty_round_pays_in_full() -> None:
    assert payout_factor(0, 300_000) == 1.0
    np.testing.assert_array_equal(payout_factor([0.0, 600_000.0], 300_000), [1.0, 0.5])


def test_an_unknown_total_has_an_unknown_factor() -> None:
    assert math.isnan(payout_factor(math.nan, 300_000))
    np.testing.assert_array_equal(payout_factor([math.nan, 600_000.0], 300_000), [math.nan, 0.5])


def test_factors_of_many_rounds_and_thresholds() -> None:
    got = payout_factor(pd.Series([100, 200, 400]), [[100], [200]])
    assert type(got) is np.ndarray
    np.testing.assert_allclose(got, [[1, 0.5, 0.25], [1, 1, 0.5]])


def test_factors_agree_with_the_published_ones() -> None:
    rounds = pd.read_csv(SAMPLE / "rounds_2022-12-22.csv")
    weekly = rounds[
        ~rounds["is_daily"]
        & (rounds["status"] == "resolved")
        & (rounds["stake_threshold_nmr"] > 0)
        & (rounds["total_at_risk_nmr"] > 0)
    ]
    assert len(weekly) == 162
    ours = payout_factor(weekly["total_at_risk_nmr"], weekly["stake_threshold_nmr"])
    # stake moved a little between the two snapshots: never by more than 2 %
    assert np.abs(ours / weekly["payout_factor"] - 1).max() < 0.02
    assert (ours < 1).sum() > 70


@pytest.mark.parametrize(
    ("total", "threshold", "words"),
    [
        (-1, 300_000, "The total at risk can't be below 0 NMR."),
        ([1, -1], 300_000, "The total at risk can't be below 0 NMR."),
        (-math.inf, 300_000, "The total at risk can't be below 0 NMR."),
        (1, 0, "The stake threshold must be above 0 NMR."),
        (1, -72_000, "The stake threshold must be above 0 NMR."),
        (1, math.nan, "The stake threshold must be above 0 NMR."),
        (1, [72_000, 0], "The stake threshold must be above 0 NMR."),
        ("all", 300_000, "The total at risk must be numbers."),
        (1, "none", "The stake threshold must be numbers."),
    ],
)
def test_a_factor_of_nonsense_gets_a_sentence(total: object, threshold: object, words: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
        payout_factor(total, threshold)
    assert str(caught.value) == words


def test_totals_and_thresholds_that_do_not_fit_get_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"^The shapes do not fit each other: "):
        payout_factor([1, 2, 3], [1, 2])


@unhurried
@given(st.floats(1e-6, 1e15), st.floats(1e-3, 1e15))
def test_a_factor_is_a_share_that_scales(total: float, threshold: float) -> None:
    factor = payout_factor(total, threshold)
    assert 0 < factor <= 1
    assert (factor == 1) == (threshold / total >= 1)
    assert payout_factor(2 * total, 2 * threshold) == factor


# ---------------------------------------------------------------- what reached the clip


def test_amounts_at_the_bound_are_clipped() -> None:
    paid = [25.0, -25.0, 24.9, -24.9, 0.0, 30.0]
    np.testing.assert_array_equal(is_clipped(paid, 100, clip=0.25), [True, True, False, False, False, True])


def test_a_paid_amount_is_rounded_so_a_millionth_below_the_bound_still_counts() -> None:
    assert is_clipped(0.0265723282214, 0.106289312885, clip=0.25)  # really paid; a quarter ends in 22125
    assert is_clipped(25 * (1 - 0.9e-6), 100, clip=0.25)
    assert not is_clipped(25 * (1 - 1.1e-6), 100, clip=0.25)


def test_the_factor_lowers_the_bound_only_outside_the_clip() -> None:
    assert not is_clipped(12.5, 100, factor=0.5, clip=0.25, clip_order=INSIDE)
    assert is_clipped(12.5, 100, factor=0.5, clip=0.25, clip_order=OUTSIDE)
    got = is_clipped([12.5, 12.5], [100, 100], factor=[0.5, 1], clip=0.25, clip_order=OUTSIDE)
    np.testing.assert_array_equal(got, [True, False])


def test_nothing_at_risk_or_an_unknown_amount_is_not_clipped() -> None:
    np.testing.assert_array_equal(
        is_clipped([0.0, math.nan, 0.0], [0.0, 100.0, 100.0], clip=0.25), [False, False, False]
    )
    assert not is_clipped(0.0, 100, factor=0.0, clip=0.25, clip_order=OUTSIDE)


def test_no_clip_clips_nothing() -> None:
    np.testing.assert_array_equal(is_clipped([1e9, 0.0], [1.0, 0.0], clip=math.inf), [False, False])


def test_what_is_clipped_comes_back_as_an_array_whatever_went_in() -> None:
    ones = pd.Series([1.0, 1.0], index=["quiet_heron", "loud_heron"])
    got = is_clipped(25 * ones, 100 * ones, factor=ones, clip=0.25 * ones, clip_order=OUTSIDE)
    assert type(got) is np.ndarray
    assert got.dtype == bool
    assert got.all()


def test_several_factors_for_one_stake() -> None:
    got = is_clipped(12.5, 100, factor=[0.5, 1], clip=0.25, clip_order=OUTSIDE)
    np.testing.assert_array_equal(got, [True, False])


def test_an_unknown_clip_order_is_refused_rather_than_guessed() -> None:
    with pytest.raises(ValueError, match=r"^The clip order is one of"):
        is_clipped(12.5, 100, factor=0.5, clip=0.25, clip_order="outside")


def test_amounts_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^The payouts must be numbers\.$"):
        is_clipped("much", 100)
    with pytest.raises(ValueError, match=r"^The stake must be numbers\.$"):
        is_clipped(1, "much")


@unhurried
@given(shares, st.floats(0.01, 1e6), st.floats(0.01, 1), clips, orders)
def test_pay_is_clipped_exactly_where_the_score_passes_the_clip(
    score: float, stake: float, factor: float, clip: float, order: str
) -> None:
    seen = abs(score * factor) if order == INSIDE else abs(score)
    pay = payouts([score], [1], stake, factor=factor, clip=clip, clip_order=order)
    got = is_clipped(pay, stake, factor=factor, clip=clip, clip_order=order)
    if seen >= clip:
        assert got
    elif seen < clip * (1 - 1e-5):
        assert not got


def test_as_many_paid_rows_are_clipped_as_their_scores_say(paid: pd.DataFrame) -> None:
    weighted = paid["corr_multiplier"] * paid["corr"] + paid["second_multiplier"] * paid["second_score"]
    for order, rows in paid.groupby("clip_order"):
        seen = weighted[rows.index] * (rows["payout_factor"] if order == INSIDE else 1)
        got = is_clipped(
            rows["payout_nmr"],
            rows["stake_nmr"],
            factor=rows["payout_factor"].to_numpy(),
            clip=0.25,
            clip_order=str(order),
        )
        np.testing.assert_array_equal(got, seen.abs() >= 0.25)


# ---------------------------------------------------------------- the line on which two rules agree


@pytest.mark.parametrize(
    ("proposed", "current", "line"),
    [
        ({"corr": 1, "tc": 3}, {"corr": 2, "tc": 1}, {"corr": -1, "tc": 2}),
        ({"corr": 2, "tc": 1}, {"corr": 1, "tc": 3}, {"corr": 1, "tc": -2}),
        ({"corr": 1, "tc": 3}, {"corr": 1, "tc": 0}, {"tc": 3}),
        ({"corr": 1, "tc": 3}, {"corr": 1}, {"tc": 3}),
        ({"corr": 1}, {"corr": 1, "tc": 3}, {"tc": -3}),
        ({"corr": 0.5, "mmc": 2}, {"corr": 2, "tc": 1}, {"corr": -1.5, "mmc": 2, "tc": -1}),
        ({"corr": 1}, {"corr": 1, "tc": 0}, {}),
        ({"corr": 1}, {"corr": 1}, {}),
        ({}, {}, {}),
    ],
)
def test_break_even_lines_by_hand(
    proposed: dict[str, float], current: dict[str, float], line: dict[str, float]
) -> None:
    assert break_even(proposed, current) == line


@unhurried
@given(shares, shares, st.tuples(multipliers, multipliers), st.tuples(multipliers, multipliers))
def test_the_line_says_which_rule_pays_more(
    corr: float, tc: float, proposed: tuple[float, float], current: tuple[float, float]
) -> None:
    line = break_even(
        dict(zip(("corr", "tc"), proposed, strict=True)), dict(zip(("corr", "tc"), current, strict=True))
    )
    above = line.get("corr", 0.0) * corr + line.get("tc", 0.0) * tc
    more, less = (payouts([corr, tc], rule, 1.0, clip=np.inf) for rule in (proposed, current))
    assert more - less == pytest.approx(above, abs=1e-9)


@pytest.mark.parametrize(
    ("proposed", "current", "scales", "line"),
    [
        # what one round of 64 parts pays beside one that counts the whole stake at a factor of .125
        ({"corr": 3, "mmc": 16}, {"corr": 1, "mmc": 2}, (1 / 64, 1 / 8), {"corr": -5 / 64, "mmc": 0}),
        ({"corr": 4, "mmc": 15}, {"corr": 1}, (1 / 64, 1 / 8), {"corr": -1 / 16, "mmc": 15 / 64}),
        ({"corr": 1, "tc": 3}, {"corr": 2, "tc": 1}, (0.5, 0.5), {"corr": -0.5, "tc": 1}),
        ({"corr": 1}, {"corr": 2}, (2, 1), {}),
        ({"corr": 1}, {"tc": 2}, (1, 4), {"corr": 1, "tc": -8}),
        # equal but for rounding: 3 x 0.1 is not quite 0.3
        ({"corr": 3, "tc": 1}, {"corr": 0.3, "tc": 1}, (0.1, 1), {"tc": -0.9}),
    ],
)
def test_break_even_lines_of_rules_at_their_own_scales(
    proposed: dict[str, float],
    current: dict[str, float],
    scales: tuple[float, float],
    line: dict[str, float],
) -> None:
    got = break_even(proposed, current, proposed_scale=scales[0], current_scale=scales[1])
    assert got == {name: weight for name, weight in line.items() if weight}


def test_without_scales_the_smallest_difference_counts() -> None:
    assert break_even({"corr": 1}, {"corr": 1 + 2**-52}) == {"corr": -(2**-52)}


@unhurried
@given(
    st.tuples(shares, shares),
    st.tuples(multipliers, multipliers),
    st.tuples(multipliers, multipliers),
    st.tuples(st.floats(0.01, 1), st.floats(0.01, 1)),
)
def test_the_line_at_two_scales_says_which_rule_pays_more_on_the_whole_stake(
    scores: tuple[float, float],
    proposed: tuple[float, float],
    current: tuple[float, float],
    scales: tuple[float, float],
) -> None:
    named = [{"corr": corr, "tc": tc} for corr, tc in (proposed, current)]
    line = break_even(*named, proposed_scale=scales[0], current_scale=scales[1])
    above = sum(line.get(name, 0.0) * score for name, score in zip(("corr", "tc"), scores, strict=True))
    more, less = (
        payouts(scores, rule, 1.0, factor=scale, clip=np.inf)
        for rule, scale in zip((proposed, current), scales, strict=True)
    )
    assert more - less == pytest.approx(above, abs=1e-9)


@pytest.mark.parametrize("scale", [0, -1, math.nan, math.inf])
def test_a_scale_of_nonsense_gets_a_sentence(scale: float) -> None:
    for side in ("proposed_scale", "current_scale"):
        with pytest.raises(ValueError, match=r"^A scale must be a finite number above 0\.$"):
            break_even({"corr": 1}, {"corr": 2}, **{side: scale})
    with pytest.raises(ValueError, match=r"^The scales must be numbers\.$"):
        break_even({"corr": 1}, {"corr": 2}, proposed_scale="large")  # pyright: ignore[reportArgumentType]
