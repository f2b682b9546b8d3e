"""The picture of a proposal, read back pixel by pixel."""

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from features.simulation.impact_chart import picture_of_impact
from features.simulation.pay_result import PayImpact, PayWindow
from features.simulation.proposal_impact import ProposalImpact
from ui.drawing import CURRENT, GAIN, INK, LOSS, PANEL, PROPOSED, Picture

pytestmark = pytest.mark.slow


def near(shown: NDArray[np.int64], colour: str) -> NDArray[np.bool_]:
    rgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
    return (np.abs(shown - rgb) <= 12).all(axis=-1)


def check_whole(picture: Picture) -> NDArray[np.int64]:
    """Nothing is cut off at an edge; the two halves keep a gap between them."""
    image = Image.open(io.BytesIO(picture.png))
    assert (image.format, image.size) == ("PNG", (1200, 800))
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
        result=replace(
            result,
            gains=replace(gains, old=by * gains.old, new=by * gains.new),
            deciles=replace(deciles, difference=by * deciles.difference),
        ),
        decile_at_risk=(by or 1.0) * window.decile_at_risk,
        rolling=replace(window.rolling, together=by * window.rolling.together),
    )


def paid(impact: ProposalImpact) -> PayImpact:
    assert impact.pay is not None
    return impact.pay


def with_windows(impact: ProposalImpact, *windows: PayWindow, **changed: Any) -> ProposalImpact:
    return replace(impact, pay=replace(paid(impact), windows=windows, **changed))


def test_gains_rise_on_the_left_and_losses_hang_on_the_right(impacts: dict[int, ProposalImpact]) -> None:
    shown = check_whole(picture_of_impact(impacts[1]))
    left, right = shown[:, :600], shown[:, 600:]
    assert near(left, GAIN).sum() > 10_000
    assert not near(left, LOSS).any()  # every group gained
    assert near(right, LOSS).sum() > 10_000
    assert not near(right, GAIN).any()  # every group lost
    # bars of both halves stand on the same line: the scale is one
    foot = np.flatnonzero(near(left, GAIN).any(axis=1)).max()
    top = np.flatnonzero(near(right, LOSS).any(axis=1)).min()
    assert abs(foot - top) <= 3


def test_the_softening_is_drawn_below(impacts: dict[int, ProposalImpact]) -> None:
    shown = check_whole(picture_of_impact(impacts[2]))
    below = shown[505:665]
    assert near(below[:, :600], LOSS).sum() > 500
    for colour in (GAIN, LOSS):  # eleven rounds are too few for it
        assert not near(below[:, 600:], colour).any()
    without = check_whole(picture_of_impact(impacts[1]))
    assert near(without[505:565, 600:], LOSS).any()  # there the bars reach down


def test_the_title_and_the_words_for_who_cannot_see_it(impacts: dict[int, ProposalImpact]) -> None:
    picture = picture_of_impact(impacts[2])
    assert near(check_whole(picture)[30:110], INK).sum() > 2_000
    for part in (
        "Rounds 200-321: 10 of 10 groups got more, 0 less.",
        "Rounds 311-321: 0 of 10 groups got more, 10 less.",
        f"Softening costs −{-np.median(paid(impacts[2]).windows[0].rolling.together):,.0f} NMR",
        paid(impacts[2]).finding,
    ):
        assert part in picture.alt
    weights = picture_of_impact(impacts[3])
    assert "the largest stakes have 91 %, then 87 %" in weights.alt
    assert "Effective number 30, then 253; the largest account weighs 16.01 %, then 1.00 %." in weights.alt


@pytest.mark.parametrize("number", [3, 4, 5])
def test_weights_before_and_after(impacts: dict[int, ProposalImpact], number: int) -> None:
    shown = check_whole(picture_of_impact(impacts[number]))
    for half in (shown[:, :600], shown[:, 600:]):
        assert min(near(half, colour).sum() for colour in (PROPOSED, CURRENT)) > 500
    # where fewer hold much, the line of those who weigh most lies higher
    line = shown[160:660, 740:900]
    before, after = (np.flatnonzero(near(line, colour).any(axis=1)).mean() for colour in (CURRENT, PROPOSED))
    assert before < after


@pytest.mark.parametrize("by", [1e4, 1e2, 1e-3, 1e-9, 0.0])
def test_amounts_of_any_size_fit(impacts: dict[int, ProposalImpact], by: float) -> None:
    windows = [scaled(window, by) for window in paid(impacts[2]).windows]
    check_whole(picture_of_impact(with_windows(impacts[2], *windows)))
    check_whole(picture_of_impact(with_windows(impacts[2], windows[0])))


def test_one_account_and_one_round_fit(impacts: dict[int, ProposalImpact]) -> None:
    window = paid(impacts[2]).windows[1]
    deciles = window.result.deciles
    few = {name: getattr(deciles, name)[:1] for name in deciles.__dataclass_fields__}
    single = replace(
        window,
        rounds=window.rounds[:1],
        result=replace(window.result, deciles=replace(deciles, **few)),
        decile_at_risk=window.decile_at_risk[:1],
        rolling=replace(window.rolling, starts=np.zeros(1, dtype=np.intp), together=np.ones(1)),
    )
    check_whole(picture_of_impact(with_windows(impacts[2], single)))
    weights = impacts[3].weights
    assert weights is not None
    one = np.ones(1)
    alone = replace(
        weights, stake=one, before=one, after=one, decile_before=one, decile_after=one, deciles=np.array([1])
    )
    check_whole(picture_of_impact(replace(impacts[3], weights=alone)))


def test_long_rules_fit(impacts: dict[int, ProposalImpact]) -> None:
    long = replace(paid(impacts[1]).new, multipliers=dict.fromkeys(("corr", "mmc", "tc", "fnc_v3"), 1.123456))
    check_whole(picture_of_impact(replace(impacts[1], pay=replace(paid(impacts[1]), new=long))))


def test_what_was_not_simulated_has_no_picture(impacts: dict[int, ProposalImpact]) -> None:
    with pytest.raises(ValueError, match=r"^Whom the gate would hold back can't be told"):
        picture_of_impact(impacts[6])


def test_the_same_impact_is_the_same_picture(impacts: dict[int, ProposalImpact]) -> None:
    assert picture_of_impact(impacts[4]) == picture_of_impact(impacts[4])
