"""The pictures of concentration, read back pixel by pixel."""

import io
from collections.abc import Callable
from functools import cache, partial

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from features.stakes.concentration import StakeConcentration, stake_concentration
from features.stakes.concentration_chart import (
    LAW_LINES,
    picture_of_holder,
    picture_of_lorenz,
    picture_of_tail,
)
from features.stakes.holders import holder
from tests.features.payout.test_compare_chart import near
from tests.features.stakes.made_up import MadeUp, stakes_of
from tournament.sample import SampleSource
from ui.drawing import CURRENT, INK, PANEL, PROPOSED, Picture, figure

pytestmark = pytest.mark.slow


TITLED, UNTITLED = (1000, 780), (1000, 600)
ABOVE = 120  # rows above the panels of a titled picture


def pixels(png: bytes, size: tuple[int, int] = UNTITLED) -> NDArray[np.int64]:
    image = Image.open(io.BytesIO(png))
    assert (image.format, image.size) == ("PNG", size)
    return np.asarray(image.convert("RGB")).astype(np.int64)


@cache
def heading(title: str) -> NDArray[np.int64]:
    """The pixels above the panels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with figure(title, "", [1.0]) as (drawing, (panel,)):
        panel.remove()
        canvas = FigureCanvasAgg(drawing)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[:ABOVE, :, :3].astype(np.int64)


def check_titled(draw: Callable[[bool], Picture], title: str) -> NDArray[np.int64]:
    """The title is that sentence, or is left out; nothing is cut off at an edge, and the words for it fit.

    Returns the picture without a title.
    """
    titled, picture = draw(True), draw(False)
    shown, told = pixels(picture.png), pixels(titled.png, TITLED)
    for each in (shown, told):
        for edge in (each[:2], each[-2:], each[:, :2], each[:, -2:]):
            assert near(edge, PANEL).all(), "something is cut off"
    np.testing.assert_array_equal(told[:ABOVE], heading(title.removesuffix(".")))
    assert near(told[:ABOVE], INK).sum() > 500
    assert 0 < len(picture.alt) <= 1024
    assert titled.alt == picture.alt
    return shown


async def of(*stake: float, unit: str = "account", zeros: bool = False) -> StakeConcentration:
    return await stake_concentration(MadeUp(stakes_of(stake)), unit=unit, zeros=zeros)


def check_both(found: StakeConcentration) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    verdict = found.tail.verdict
    lorenz = check_titled(partial(picture_of_lorenz, found), found.finding)
    title = f"By {found.holders.unit}: {verdict[0].lower()}{verdict[1:]}"
    tail = check_titled(partial(picture_of_tail, found), title)
    return lorenz, tail


@pytest.mark.parametrize("unit", ["account", "model"])
async def test_the_pictures_of_the_sample_state_what_was_found(source: SampleSource, unit: str) -> None:
    found = await stake_concentration(source, unit=unit)
    lorenz, tail = check_both(found)
    assert near(lorenz, PROPOSED).sum() > 1000
    for colour, _, _ in LAW_LINES.values():
        assert near(tail, colour).sum() > 300
    told = picture_of_lorenz(found).alt
    for part in (found.finding, f"Gini {found.measures.gini:.3f}", f"{found.measures.effective_number:.0f}"):
        assert part in told
    told = picture_of_tail(found).alt
    for part in (f"The {found.tail.fit.tail_size:,} largest", found.tail.verdict):
        assert part in told


async def test_the_shaded_area_is_as_large_as_the_gini() -> None:
    areas = []
    stakes = ([1, 3], [1, 1, 1, 9], [1] * 15 + [45])
    for stake in stakes:
        found = await of(*stake)
        shown = pixels(picture_of_lorenz(found, False).png)
        areas.append(near(shown, PROPOSED, 0.25).sum() / found.measures.gini)
    np.testing.assert_allclose(areas, np.mean(areas), rtol=0.12)  # lines lie over some of it
    equal = pixels(picture_of_lorenz(await of(1, 1), False).png)
    assert near(equal, PROPOSED, 0.25).sum() < 0.01 * areas[0]


async def test_more_unequal_stakes_hang_lower() -> None:
    heights = []
    for top in (1.0, 4.0, 40.0):
        curve = near(pixels(picture_of_lorenz(await of(1, 1, 1, 1, top), False).png), PROPOSED)
        heights.append(np.flatnonzero(curve[:, 500:506].any(axis=1)).mean())
    assert heights[0] < heights[1] < heights[2]


async def test_laws_are_drawn_only_where_there_is_a_tail() -> None:
    tailless = pixels(picture_of_tail(await of(*[3.0] * 30), False).png)
    rng = np.random.default_rng(1)
    tailed = pixels(picture_of_tail(await of(*rng.lognormal(3, 2, 300)), False).png)
    for colour, _, _ in LAW_LINES.values():
        assert not near(tailless, colour).any()
        assert near(tailed, colour).sum() > 200
    assert near(tailless[30:500, 170:], INK).sum() > 10  # the stakes themselves


EDGES = {
    "one holder": [5.0],
    "one among zeros": [5.0, 0, 0, 0],
    "two": [1.0, 2.0],
    "all equal": [0.1] * 60,
    "half ties": [1.0, 1.0, 1.0, 1.0],
    "dust": [1e-16, 1e-12],
    "one of dust": [1e-9],
    "dust below": [1e-16, *range(1, 80)],
    "within a decade": [3.0, 4.0, 5.0, 6.0],
    "spread": np.random.default_rng(2).lognormal(3, 2, 300).tolist(),
    "a crowd": np.random.default_rng(1).lognormal(3, 2.5, 5_000).tolist(),
}


@pytest.mark.parametrize("edge", EDGES)
async def test_odd_stakes_are_drawn_whole(edge: str) -> None:
    """Every other one by model, zeros included."""
    by_model = list(EDGES).index(edge) % 2 == 1
    check_both(await of(*EDGES[edge], unit="model" if by_model else "account", zeros=by_model))


async def test_the_same_result_is_the_same_picture() -> None:
    found, again = [await of(*EDGES["spread"]) for _ in range(2)]
    assert picture_of_lorenz(found) == picture_of_lorenz(again)
    assert picture_of_tail(found) == picture_of_tail(again)
    assert picture_of_lorenz(found) != picture_of_lorenz(await of(*EDGES["spread"], unit="model"))


@pytest.mark.parametrize("edge", EDGES)
async def test_a_holder_stands_where_its_rank_and_its_stake_are(edge: str) -> None:
    stake = EDGES[edge]
    for name in ("heron_0", f"heron_{int(np.argmin(np.where(np.array(stake) > 0, stake, np.inf)))}"):
        found = await holder(MadeUp(stakes_of(stake)), name)
        shown = check_titled(partial(picture_of_holder, found), found.finding)
        assert near(shown, PROPOSED).sum() > 150, "the dot"


async def test_the_largest_stands_left_and_high_and_the_smallest_right_and_low() -> None:
    made = MadeUp(stakes_of(np.geomspace(1000, 1, 200)))
    places = []
    for name in ("heron_0", "heron_199"):
        dot = near(pixels(picture_of_holder(await holder(made, name), False).png), PROPOSED)
        # the words beside it are thin: the dot is where a whole square is filled
        solid = np.lib.stride_tricks.sliding_window_view(dot, (9, 9)).all(axis=(2, 3))
        rows, columns = np.nonzero(solid)
        places.append((rows.mean(), columns.mean()))
    (high, left), (low, right) = places
    assert high + 200 < low
    assert left + 500 < right


async def test_who_has_no_stake_can_t_be_drawn() -> None:
    with pytest.raises(ValueError, match="no place among the stakes"):
        picture_of_holder(await holder(MadeUp(stakes_of([1.0, 0.0])), "heron_1"))


async def test_the_point_from_which_half_is_held_is_marked() -> None:
    shown = pixels(picture_of_lorenz(await of(*[1.0] * 20), False).png)
    dot = np.lib.stride_tricks.sliding_window_view(near(shown, INK), (7, 7)).all(axis=(2, 3))
    rows, columns = np.nonzero(dot)
    width, height = 0.93 - 0.16, 0.96 - 0.16
    # eleven of twenty hold more than half: the dot is at 9 of 20 across and half-way up
    assert columns.mean() + 3 == pytest.approx(1000 * (0.16 + width * 9 / 20), abs=4)
    assert rows.mean() + 3 == pytest.approx(600 * (1 - 0.16 - height / 2), abs=4)
    assert not near(shown, CURRENT).any()
