"""The pictures of a proposal, read back pixel by pixel."""

import io
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from features.simulation.impact_chart import (
    picture_of_holders,
    picture_of_member,
    picture_of_member_weight,
    picture_of_pay,
    picture_of_softening,
    picture_of_weights,
)
from features.simulation.pay_result import PayImpact, PayWindow
from features.simulation.proposal_impact import MemberWeight, ProposalImpact, member_impact
from tests.features.simulation.proposed import example, pay_of, weights_of
from tournament.sample import SampleSource
from ui.drawing import CURRENT, GAIN, INK, LOSS, PANEL, PROPOSED, Picture

pytestmark = pytest.mark.slow


def near(shown: NDArray[np.int64], colour: str) -> NDArray[np.bool_]:
    rgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
    return (np.abs(shown - rgb) <= 12).all(axis=-1)


def check_whole(picture: Picture) -> NDArray[np.int64]:
    """Nothing is cut off at an edge."""
    image = Image.open(io.BytesIO(picture.png))
    assert image.format == "PNG"
    assert image.size[0] == 1000
    shown = np.asarray(image.convert("RGB")).astype(np.int64)
    inside = near(shown, PANEL)
    inside[2:-2, 2:-2] = True
    assert inside.all(), "something is cut off"
    assert 0 < len(picture.alt) <= 1024
    return shown


def scaled(window: PayWindow, by: float) -> PayWindow:
    """The same window with stakes and pay so many times as large; without any, at the stakes it had."""
    result, gains, deciles = window.result, window.result.gains, window.result.deciles
    return replace(
        window,
        by_round=by * window.by_round,
        result=replace(
            result,
            gains=replace(gains, old=by * gains.old, new=by * gains.new),
            deciles=replace(deciles, difference=by * deciles.difference),
        ),
        decile_at_risk=(by or 1.0) * window.decile_at_risk,
        rolling=replace(window.rolling, together=by * window.rolling.together),
    )


def paid(impacts: dict[int, ProposalImpact], number: int = 2) -> tuple[PayImpact, PayWindow, PayWindow]:
    pay = pay_of(impacts[number])
    return pay, *pay.windows  # type: ignore[return-value]


def test_gains_rise_and_losses_hang(impacts: dict[int, ProposalImpact]) -> None:
    pay, every, newest = paid(impacts, 1)
    up, down = (check_whole(picture_of_pay(pay, window, False)) for window in (every, newest))
    assert near(up, GAIN).sum() > 10_000
    assert not near(up, LOSS).any()  # every group gained
    assert near(down, LOSS).sum() > 10_000
    assert not near(down, GAIN).any()  # every group lost


def test_softening_is_a_picture_of_its_own(impacts: dict[int, ProposalImpact]) -> None:
    _, every, newest = paid(impacts)
    picture = picture_of_softening(every, False)
    assert near(check_whole(picture), LOSS).sum() > 2000
    assert f"−{-np.median(every.rolling.together):,.0f} NMR, median of 75 starts" in picture.alt
    with pytest.raises(ValueError, match="Too few rounds to soften in"):
        picture_of_softening(newest)


def test_the_title_and_the_words_for_who_cannot_see_it(impacts: dict[int, ProposalImpact]) -> None:
    pay, every, newest = paid(impacts)
    titled, untitled = (check_whole(picture_of_pay(pay, every, title)) for title in (True, False))
    assert titled.shape[0] > untitled.shape[0] == 600
    assert near(titled[20:90], INK).sum() > 2_000
    assert "Rounds 200-321: 10 of 10 groups got more, 0 less." in picture_of_pay(pay, every).alt
    told = picture_of_pay(pay, newest).alt
    assert "Rounds 311-321: 0 of 10 groups got more, 10 less." in told
    assert pay.finding in told
    found = weights_of(impacts[3])
    assert "the largest stakes have 91 %, then 87 %" in picture_of_weights(found).alt
    assert "Effective number 30, then 253; the largest account weighs 16.01 %, then 1.00 %." in (
        picture_of_holders(found).alt
    )


@pytest.mark.parametrize("number", [3, 4, 5])
def test_weights_before_and_after(impacts: dict[int, ProposalImpact], number: int) -> None:
    found = weights_of(impacts[number])
    pictures = [check_whole(draw(found, False)) for draw in (picture_of_weights, picture_of_holders)]
    for shown in pictures:
        assert min(near(shown, colour).sum() for colour in (PROPOSED, CURRENT)) > 500
    # where fewer hold much, the line of those who weigh most lies higher
    line = pictures[1][15:520, 200:500]
    before, after = (np.flatnonzero(near(line, colour).any(axis=1)).mean() for colour in (CURRENT, PROPOSED))
    assert before < after


async def test_a_member_s_pay_is_green_above_and_red_below(source: SampleSource) -> None:
    impact = await member_impact(source, example(2), "model_07585")
    every, newest = impact.windows
    for window in (every, newest):
        so_far = np.cumsum(window.by_round)
        shown = check_whole(picture_of_member(window, False))
        colour = GAIN if so_far[-1] > 0 else LOSS
        assert near(shown, colour).sum() > 1000
        assert f"{window.more} in the end" in picture_of_member(window).alt


def test_a_member_s_weight_is_two_bars() -> None:
    shown = check_whole(picture_of_member_weight(MemberWeight(0.0003, 0.0006), False))
    now, then = (near(shown, colour).any(axis=0).sum() for colour in (CURRENT, PROPOSED))
    assert then == pytest.approx(2 * now, rel=0.05)


@pytest.mark.parametrize("by", [1e4, 1e2, 1e-3, 1e-9, 0.0])
def test_amounts_of_any_size_fit(impacts: dict[int, ProposalImpact], by: float) -> None:
    pay, *windows = paid(impacts)
    for window in (scaled(each, by) for each in windows):
        check_whole(picture_of_pay(pay, window, False))
        check_whole(picture_of_member(window, False))
    check_whole(picture_of_softening(scaled(windows[0], by), False))


def test_one_account_and_one_round_fit(impacts: dict[int, ProposalImpact]) -> None:
    pay, _, window = paid(impacts)
    deciles = window.result.deciles
    few = {name: getattr(deciles, name)[:1] for name in deciles.__dataclass_fields__}
    single = replace(
        window,
        rounds=window.rounds[:1],
        present=window.present[:1],
        by_round=window.by_round[:1],
        result=replace(window.result, deciles=replace(deciles, **few)),
        decile_at_risk=window.decile_at_risk[:1],
        rolling=replace(window.rolling, starts=np.zeros(1, dtype=np.intp), together=np.ones(1)),
    )
    for picture in (picture_of_pay(pay, single), picture_of_softening(single), picture_of_member(single)):
        check_whole(picture)
    one = np.ones(1)
    alone = replace(
        weights_of(impacts[3]), stake=one, before=one, after=one, decile_before=one, decile_after=one,
        deciles=np.array([1]),
    )  # fmt: skip
    check_whole(picture_of_weights(alone))
    check_whole(picture_of_holders(alone))


def test_long_rules_fit(impacts: dict[int, ProposalImpact]) -> None:
    pay, window, _ = paid(impacts, 1)
    long = replace(pay.new, multipliers=dict.fromkeys(("corr", "mmc", "tc", "fnc_v3"), 1.123456))
    check_whole(picture_of_pay(replace(pay, new=long), window))


def test_the_same_impact_is_the_same_picture(impacts: dict[int, ProposalImpact]) -> None:
    pay, window, _ = paid(impacts)
    assert picture_of_pay(pay, window) == picture_of_pay(pay, window)
