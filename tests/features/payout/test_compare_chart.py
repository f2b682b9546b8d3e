"""The picture of a comparison, read back pixel by pixel."""

import io
from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from features.payout.compare import compare_payouts
from features.payout.compare_chart import picture_of_comparison
from features.payout.comparison import PayoutComparison, Side
from tournament.sample import SampleSource
from tournament.source import EVERYONE
from ui.drawing import CURRENT, GAIN, INK, LOSS, PANEL, PROPOSED, Picture

pytestmark = pytest.mark.slow

RULES = ("1xCORR + 3xTC", "2xCORR + 1xTC")
NAMES = [("quiet_heron_" * 9)[:100], "W" * 100, "a$b_c$ {x} \\alpha %s ★♞", "owl 🦉 漢"]


def made_up(
    proposed: list[float], current: list[float], *, name: str = "quiet_heron", rules: tuple[str, str] = RULES
) -> PayoutComparison:
    sides = [Side(rule, rule, np.array(p), 0.0) for rule, p in zip(rules, (proposed, current), strict=True)]
    number = np.arange(300, 300 + len(proposed))
    return PayoutComparison(
        name, "model", 1, "NMR", number, date(2031, 5, 4), date(2031, 9, 14), *sides, (-1.0, 1.0), 10,
        number.size, "Never.", (), ("None.",), "Numerai Classic", date(2031, 10, 1),
    )  # fmt: skip


def waves(scale: float, rounds: int = 20) -> PayoutComparison:
    at = np.arange(rounds)
    return made_up((scale * np.sin(at)).tolist(), (scale * np.cos(at) - 0.3 * scale).tolist())


def near(shown: NDArray[np.int64], colour: str, over: float = 1.0) -> NDArray[np.bool_]:
    """Where the colour is, `over` of it laid on the panel."""
    rgb, panel = (np.array([int(c[at : at + 2], 16) for at in (1, 3, 5)]) for c in (colour, PANEL))
    return (np.abs(shown - (over * rgb + (1 - over) * panel)) <= 12).all(axis=-1)


def check_whole(picture: Picture) -> NDArray[np.int64]:
    """Nothing is cut off at an edge, and no title runs over the plot."""
    image = Image.open(io.BytesIO(picture.png))
    assert (image.format, image.size) == ("PNG", (1000, 780))
    shown = np.asarray(image.convert("RGB")).astype(np.int64)
    for edge in (shown[:2], shown[-2:], shown[:, :2], shown[:, -2:]):
        assert near(edge, PANEL).all(), "something is cut off"
    assert not near(shown[140:585, 170:], INK).any(), "the title runs over the plot"
    assert 0 < len(picture.alt) <= 1024
    return shown


async def test_the_picture_of_the_sample_names_both_totals(source: SampleSource) -> None:
    got = await compare_payouts(source, EVERYONE, RULES[0], current=RULES[1], rounds="311-321")
    picture = picture_of_comparison(got)
    shown = check_whole(picture)
    assert min(near(shown, colour).sum() for colour in (PROPOSED, CURRENT)) > 1000
    gap = np.cumsum(got.proposed.by_round - got.current.by_round)
    for colour, there in ((GAIN, (gap > 1).any()), (LOSS, (gap < -1).any())):
        assert (near(shown, colour, 0.75).sum() > 50) == there
    widest = int(np.abs(gap).argmax())
    told = f"at round {311 + widest}: {'+' if gap[widest] > 0 else '−'}{abs(gap[widest]):,.0f} NMR"
    for part in (*(f"{side.total:,.0f} NMR" for side in (got.proposed, got.current)), *RULES, told):
        assert part in picture.alt


@pytest.mark.parametrize(("better", "colour", "other"), [(0, GAIN, LOSS), (1, LOSS, GAIN)])
def test_the_line_that_pays_more_ends_higher_and_the_gap_has_its_colour(
    better: int, colour: str, other: str
) -> None:
    pay = ([2.0] * 10, [1.0] * 10)
    shown = check_whole(picture_of_comparison(made_up(pay[better], pay[1 - better])))
    end = shown[:, 900:]  # the legend is on the left, beside lines that rise
    heights = [np.flatnonzero(near(end, c).any(axis=1)).mean() for c in (PROPOSED, CURRENT)]
    assert (heights[0] < heights[1]) == (better == 0)
    assert near(shown, colour, 0.75).sum() > 5000
    assert not near(shown, other, 0.75).any()


@pytest.mark.parametrize("scale", [1e7, 12_345.678, 1.0, 1e-4, 1e-9, 0.0])
def test_pay_of_any_size_fits(scale: float) -> None:
    check_whole(picture_of_comparison(waves(scale)))


@pytest.mark.parametrize(
    "odd",
    [waves(1.0, rounds=1), waves(1.0, rounds=158), made_up([-1.0] * 9, [-2.0] * 9), made_up([1.0], [1.0])],
    ids=["one round", "158 rounds", "burns alone", "no difference"],
)
def test_odd_comparisons_are_drawn_whole(odd: PayoutComparison) -> None:
    assert near(check_whole(picture_of_comparison(odd)), CURRENT).any()


@pytest.mark.parametrize("name", NAMES, ids=len)
def test_any_name_fits(name: str) -> None:
    check_whole(picture_of_comparison(made_up([1.0, 2.0], [2.0, 0.5], name=name)))


def test_long_rules_fit() -> None:
    rules = "0.75xCORR + 2.25xMMC + 0.5xFNCv3 + 0.25xTC", "0.123456xCORR + 1.5xTC + 0.654321xFNCv3"
    check_whole(picture_of_comparison(made_up([1.0, 2.0], [2.0, 0.5], rules=rules)))


def test_the_same_comparison_is_the_same_picture() -> None:
    assert picture_of_comparison(waves(1.0)) == picture_of_comparison(waves(1.0))
