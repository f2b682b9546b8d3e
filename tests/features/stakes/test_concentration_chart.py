"""The pictures of concentration, read back pixel by pixel."""

import io
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from features.stakes.concentration import StakeConcentration, stake_concentration
from features.stakes.concentration_chart import LAW_LINES, picture_of_lorenz, picture_of_tail
from tests.features.payout.test_compare_chart import near
from tests.features.stakes.test_holders import MadeUp, stakes_of
from tournament.sample import SampleSource
from ui.drawing import INK, PANEL, PROPOSED, Picture, tiles

pytestmark = pytest.mark.slow


def pixels(png: bytes) -> NDArray[np.int64]:
    image = Image.open(io.BytesIO(png))
    assert (image.format, image.size) == ("PNG", (1200, 800))
    return np.asarray(image.convert("RGB")).astype(np.int64)


@cache
def heading(title: str) -> NDArray[np.int64]:
    """The pixels above the panels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with tiles(title, "", [["only"]], widths=[1], heights=[1]) as (drawing, panels):
        panels["only"].remove()
        canvas = FigureCanvasAgg(drawing)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[:116, :, :3].astype(np.int64)


def check_titled(picture: Picture, title: str) -> NDArray[np.int64]:
    """The title is that sentence, nothing is cut off at an edge, and the words for it fit."""
    shown = pixels(picture.png)
    for edge in (shown[:2], shown[-2:], shown[:, :2], shown[:, -2:]):
        assert near(edge, PANEL).all(), "something is cut off"
    np.testing.assert_array_equal(shown[:116], heading(title.removesuffix(".")))
    assert near(shown[:116], INK).sum() > 500
    assert 0 < len(picture.alt) <= 1024
    return shown


async def of(*stake: float, unit: str = "account", zeros: bool = False) -> StakeConcentration:
    return await stake_concentration(MadeUp(stakes_of(stake)), unit=unit, zeros=zeros)


def check_both(found: StakeConcentration) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    verdict = found.tail.verdict
    lorenz = check_titled(picture_of_lorenz(found), found.finding)
    tail = check_titled(picture_of_tail(found), f"By {found.holders.unit}: {verdict[0].lower()}{verdict[1:]}")
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
        shown = pixels(picture_of_lorenz(found).png)
        areas.append(near(shown, PROPOSED, 0.25).sum() / found.measures.gini)
    np.testing.assert_allclose(areas, np.mean(areas), rtol=0.12)  # lines lie over some of it
    equal = pixels(picture_of_lorenz(await of(1, 1)).png)
    assert near(equal, PROPOSED, 0.25).sum() < 0.01 * areas[0]


async def test_more_unequal_stakes_hang_lower() -> None:
    heights = []
    for top in (1.0, 4.0, 40.0):
        curve = near(pixels(picture_of_lorenz(await of(1, 1, 1, 1, top)).png), PROPOSED)
        heights.append(np.flatnonzero(curve[:, 430:436].any(axis=1)).mean())
    assert heights[0] < heights[1] < heights[2]


async def test_laws_are_drawn_only_where_there_is_a_tail() -> None:
    tailless = pixels(picture_of_tail(await of(*[3.0] * 30)).png)
    rng = np.random.default_rng(1)
    tailed = pixels(picture_of_tail(await of(*rng.lognormal(3, 2, 300))).png)
    for colour, _, _ in LAW_LINES.values():
        assert not near(tailless, colour).any()
        assert near(tailed, colour).sum() > 200
    assert near(tailless[150:650, 190:], INK).sum() > 10  # the stakes themselves


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
