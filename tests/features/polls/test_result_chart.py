"""The picture of a poll's result: whole, the longer bar for more votes, every group named, and in words."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from features.polls.ballot_text import STEP_WORDS
from features.polls.results.result_chart import picture_of_result
from tests.features.polls.test_result import AB, counted
from ui.drawing import CURRENT, INK, PANEL, PROPOSED, Picture

pytestmark = pytest.mark.slow


def pixels(picture: Picture) -> NDArray[np.int64]:
    """Red, green and blue, of a picture that nothing is cut off of."""
    shown = np.asarray(Image.open(io.BytesIO(picture.png)).convert("RGB")).astype(np.int64)
    assert shown.shape[1] == 1000
    for edge in (shown[:2], shown[-2:], shown[:, :2], shown[:, -2:]):
        assert like(edge, PANEL).all(), "something is cut off"
    assert 0 < len(picture.alt) <= 1024
    return shown


def like(shown: NDArray[np.int64], colour: str, alpha: float = 1.0) -> NDArray[np.bool_]:
    """Where a picture has this colour, drawn on the panel."""
    wanted, ground = (np.array([int(name[at : at + 2], 16) for at in (1, 3, 5)]) for name in (colour, PANEL))
    return (np.abs(shown - (alpha * wanted + (1 - alpha) * ground)) < 8).all(axis=-1)


@pytest.mark.parametrize("titled", [True, False])
def test_each_method_is_drawn_whole(titled: bool) -> None:
    for method, choices, options in (
        ("single", ["a", "a", "b"], AB),
        ("approval", [["a"], []], AB),
        ("score", [{"a": 5}], AB),
        ("dots", [{"a": 5, "b": 2}], AB),
        ("numeric", [str(n) for n in range(40)], []),
        ("gradient", ["for", "against"], []),
        ("ranked_irv", [["a"], ["b"], ["b"]], AB),
        ("ranked_schulze", [["a"], ["b"], ["b"]], AB),
        ("single", [], AB),
        ("single", ["x" * 80], ["x" * 80, *map(str, range(24))]),
    ):
        found = counted(method, choices, options)
        picture = picture_of_result(found, "Which? " * 28, titled)
        pixels(picture)
        assert found.finding in picture.alt


def test_the_title_is_drawn_where_no_card_says_it() -> None:
    found = counted("single", ["a", "b", "a"], AB)
    bare, titled = (pixels(picture_of_result(found, "Q", each)) for each in (False, True))
    assert titled.shape[0] > bare.shape[0]
    assert like(titled[:100], INK).sum() > 500
    assert like(bare[:20], INK).sum() == 0


def test_more_votes_are_a_longer_bar() -> None:
    widths = []
    for votes in (6, 9):
        found = counted("single", ["a"] * votes + ["b"] * (10 - votes), AB)
        shown = pixels(picture_of_result(found, "Q"))
        widths.append([like(shown, colour, 0.9).any(axis=0).sum() for colour in (PROPOSED, CURRENT)])
    for (won, lost), share in zip(widths, (4 / 6, 1 / 9), strict=True):
        assert won > 100
        assert lost / won == pytest.approx(share, abs=0.02)


def test_other_strategies_are_marked_and_named() -> None:
    stakes = {member: 100.0 + member for member in range(1, 61)}
    with_marks = picture_of_result(counted("single", ["a"] * 36 + ["b"] * 24, AB, stakes), "Q", False)
    without = picture_of_result(counted("single", ["a"] * 36 + ["b"] * 24, AB), "Q", False)
    below = [like(pixels(each)[-150:], INK, 0.85).sum() for each in (with_marks, without)]
    assert below[0] > below[1] + 300, "a legend under the panel"


def test_a_gradient_is_told_in_words() -> None:
    picture = picture_of_result(counted("gradient", ["for"] * 3 + ["against"], []), "Q")
    for words in STEP_WORDS.values():
        assert words in picture.alt


def test_the_same_result_is_the_same_picture() -> None:
    found = counted("single", ["a"], AB)
    assert picture_of_result(found, "Q") == picture_of_result(found, "Q")
