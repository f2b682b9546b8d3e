"""What holds for every payout, and what payouts() refuses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.payout import CLIP_ORDERS, payouts
from tests.scoring.payout.by_hand import (
    by_hand,
    clips,
    factors,
    multipliers,
    orders,
    shares,
    stakes,
    unhurried,
)
from tests.scoring.sentences import without_places

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
    assert without_places(caught.value) == words


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
