"""The picture of a poll's result: whole, titled, the longer bar for more votes, and in words."""

import numpy as np
import pytest

from features.polls.ballot_text import STEP_WORDS
from features.polls.result_chart import picture_of_result
from tests.features.payout.test_compare_chart import near
from tests.features.polls.test_result import AB, counted
from tests.features.stakes.test_concentration_chart import check_titled
from ui.drawing import PROPOSED

pytestmark = pytest.mark.slow


def test_each_method_is_drawn_whole() -> None:
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
        picture = picture_of_result(found, "Which? " * 28)
        check_titled(picture, found.finding)
        assert found.finding in picture.alt


def test_more_votes_are_a_longer_bar() -> None:
    widths = []
    for votes in (6, 9):
        found = counted("single", ["a"] * votes + ["b"] * (10 - votes), AB)
        shown = check_titled(picture_of_result(found, "Q"), found.finding)
        colour = near(shown, PROPOSED, 0.9)
        widths.append(colour.any(axis=0).sum())
    assert all(width > 100 for width in widths)
    assert np.ptp(widths) < 100, "the leader's bar fills the panel"


def test_a_gradient_is_told_in_words() -> None:
    picture = picture_of_result(counted("gradient", ["for"] * 3 + ["against"], []), "Q")
    for words in STEP_WORDS.values():
        assert words in picture.alt


def test_the_same_result_is_the_same_picture() -> None:
    found = counted("single", ["a"], AB)
    assert picture_of_result(found, "Q") == picture_of_result(found, "Q")
