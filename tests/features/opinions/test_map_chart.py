"""The picture of opinions, read back pixel by pixel."""

import math
from datetime import UTC, datetime

import numpy as np
import pytest
from numpy.typing import NDArray

from features.opinions.map import LETTERS, Camp, OpinionPicture
from features.opinions.map_chart import MARKS, picture_of_opinions
from tests.features.payout.test_compare_chart import check_whole, near
from ui.drawing import CURRENT

pytestmark = pytest.mark.slow


def made_up(
    places: NDArray[np.float64], sizes: tuple[int, ...], finding: str = "A finding"
) -> OpinionPicture:
    camps = tuple(Camp(letter, size, ()) for letter, size in zip(LETTERS, sizes, strict=False))
    return OpinionPicture(
        finding, "A reason.", "", (), len(places) + 3, len(places), 12, 480, camps, (), (), places,
        np.repeat(np.arange(len(sizes)), sizes) if sizes else np.full(len(places), -1), "", False,
        datetime(2031, 5, 4, tzinfo=UTC),
    )  # fmt: skip


def clouds(sizes: tuple[int, ...]) -> NDArray[np.float64]:
    rng = np.random.default_rng(2)
    angle = 2 * math.pi * np.repeat(np.arange(len(sizes)), sizes) / len(sizes)
    return np.column_stack((np.cos(angle), np.sin(angle))) * 4 + rng.normal(0, 0.3, (sum(sizes), 2))


@pytest.mark.parametrize("sizes", [(36, 24), (9, 8, 7, 6, 5), (300, 200, 100)])
def test_every_group_has_its_colour_and_no_other_is_drawn(sizes: tuple[int, ...]) -> None:
    picture = picture_of_opinions(made_up(clouds(sizes), sizes, "60 members fall in groups"))
    shown = check_whole(picture)
    drawn = [bool(near(shown, colour, 0.8).sum() > 100) for colour, _ in MARKS]
    assert drawn == [index < len(sizes) for index in range(5)]
    assert f"group A with {sizes[0]}" in picture.alt
    assert "60 members fall in groups. A reason." in picture.alt


def test_without_groups_all_dots_have_one_colour() -> None:
    picture = picture_of_opinions(made_up(clouds((20, 20)), ()))
    shown = check_whole(picture)
    assert near(shown, CURRENT, 0.8).sum() > 1000
    assert not any(near(shown, colour, 0.8).any() for colour, _ in (MARKS[0], MARKS[2], MARKS[3]))
    assert "in one colour, for no groups are sure" in picture.alt


def test_far_groups_are_drawn_apart_and_equal_votes_side_by_side() -> None:
    places = np.repeat([[0.0, 0.0], [10.0, 0.0]], 10, axis=0)
    shown = check_whole(picture_of_opinions(made_up(places, (10, 10))))
    first, second = (np.flatnonzero(near(shown, colour, 0.8)[140:585].any(axis=0)) for colour, _ in MARKS[:2])
    assert second.min() - first.max() > 600
    assert first.max() - first.min() > 25, "ten dots on one another would look like one"
    height = np.flatnonzero(near(shown, MARKS[0][0], 0.8)[140:585].any(axis=1))
    assert height.max() - height.min() < 120, "they are moved a little only"


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
@pytest.mark.parametrize(
    "finding", ["x", "W" * 200, "1,000 members fall in 5 groups; 100 statements unite all"]
)
def test_any_size_and_title_fits(scale: float, finding: str) -> None:
    check_whole(picture_of_opinions(made_up(clouds((8, 7, 6, 5, 5)) * scale, (8, 7, 6, 5, 5), finding)))


def test_all_in_one_place_is_drawn() -> None:
    check_whole(picture_of_opinions(made_up(np.zeros((20, 2)), ())))


def test_the_same_votes_are_the_same_picture() -> None:
    assert picture_of_opinions(made_up(clouds((9, 9)), (9, 9))) == picture_of_opinions(
        made_up(clouds((9, 9)), (9, 9))
    )


def test_nobody_can_t_be_drawn() -> None:
    with pytest.raises(ValueError, match="nobody to draw yet"):
        picture_of_opinions(made_up(np.empty((0, 2)), ()))
