"""The pictures of stake and score, read back pixel by pixel."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from features.stakes.influence import StakeInfluence, stake_influence
from features.stakes.influence_chart import (
    DOTS,
    picture_of_density,
    picture_of_influence,
    picture_of_product,
    picture_of_range,
    picture_of_rounds,
    picture_of_sizes,
)
from tests.features.payout.test_compare_chart import near
from tests.features.stakes.made_up import MadeUp, calendar, rows_of, stakes_of
from tests.features.stakes.test_concentration_chart import check_titled, pixels
from tournament.sample import SampleSource
from ui.drawing import CURRENT, LOSS, PROPOSED, Picture

pytestmark = pytest.mark.slow

INSIDE = slice(30, 495), slice(200, 965)  # of the panel of a picture without a title


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def made_up(stake: np.ndarray, tc: np.ndarray, *, known: bool = True) -> MadeUp:
    rows = rows_of(tc, np.broadcast_to(stake[:, None], tc.shape))
    return MadeUp(stakes_of(stake, known=known), rows=rows, known_rounds=calendar(max(1, tc.shape[1])))


def titles(found: StakeInfluence) -> dict[Callable[..., Picture], str]:
    name = found.score.upper()
    threshold = f"{found.threshold:,.0f}"
    return {
        picture_of_influence: found.finding,
        picture_of_product: f"Stake x {name} fans out by itself",
        picture_of_range: f"Where the range of stake x {name} changes",
        picture_of_sizes: f"How large a {name} is, by stake",
        picture_of_rounds: f"Stake at risk and {name}, round by round",
        picture_of_density: f"Where the stakes lie, below and above {threshold} NMR",
    }


def check_all(found: StakeInfluence) -> dict[Callable[..., Picture], np.ndarray]:
    return {draw: check_titled(partial(draw, found), title) for draw, title in titles(found).items()}


@pytest.mark.parametrize(
    "asked",
    [{}, {"by": "round"}, {"by": "round", "rounds": "round 310"}, {"threshold": 1000.0}, {"zoom": 500.0}],
)
async def test_the_pictures_of_the_sample_state_what_was_found(
    source: SampleSource, asked: dict[str, object]
) -> None:
    found = await stake_influence(source, **asked)  # type: ignore[arg-type]
    shown = check_all(found)
    for draw in (picture_of_influence, picture_of_sizes, picture_of_range):
        assert near(shown[draw][INSIDE], CURRENT, 0.65).sum() > 20
    assert near(shown[picture_of_product][INSIDE], PROPOSED, 0.3).sum() > 300
    assert near(shown[picture_of_rounds], CURRENT).any() == (found.over_rounds is not None)
    assert near(shown[picture_of_sizes], PROPOSED).any() == (found.slope is not None)
    above = f"{found.across.n_above} lie above {found.threshold:,.0f}"
    for part in (found.finding, above, found.who):
        assert part in picture_of_influence(found).alt


async def test_the_score_is_drawn_by_orders_of_magnitude_of_stake() -> None:
    stake = np.array([2.0, 20.0, 200.0, 2000.0])  # beside the lines of the grid
    found = await stake_influence(made_up(np.repeat(stake, 3), np.tile([-1.0, 0.5, 1.0], 4)[:, None]))
    dots = near(pixels(picture_of_influence(found, False).png)[INSIDE], CURRENT, 0.65).any(axis=0)
    edges = np.flatnonzero(np.diff(dots.astype(int)))
    middles = edges.reshape(-1, 2).mean(axis=1)
    assert middles.size == 4
    np.testing.assert_allclose(np.diff(middles), np.diff(middles)[0], atol=3)


async def test_the_band_of_no_relation_opens_with_stake() -> None:
    found = await stake_influence(made_up(np.linspace(10, 1000, 60), rng().standard_normal((60, 1))))
    band = near(pixels(picture_of_product(found, False).png)[INSIDE], PROPOSED, 0.3)
    columns = band.shape[1]
    near_zero, far = (band[:, at : at + 15].sum() for at in (columns // 5, 4 * columns // 5))
    assert far > 2 * near_zero > 0


async def test_few_above_the_threshold_are_ticks_and_many_an_area() -> None:
    stake = np.concatenate((rng().uniform(1, 90, 60), rng(2).uniform(110, 900, 40)))
    source = made_up(stake, rng(3).standard_normal((100, 1)))
    many, few = [
        pixels(picture_of_density(await stake_influence(source, threshold=at), False).png)[INSIDE]
        for at in (100.0, 800.0)
    ]
    assert near(many, PROPOSED, 0.55).sum() > 2000
    assert not near(few, PROPOSED, 0.55).sum() > 50
    assert near(few, PROPOSED).sum() > 20


async def test_the_threshold_is_marked_where_it_is_in_the_picture() -> None:
    source = made_up(np.linspace(10, 1000, 60), rng().standard_normal((60, 1)))
    for threshold, marked in ((500.0, True), (1e6, False)):
        found = await stake_influence(source, threshold=threshold)
        for draw in (picture_of_influence, picture_of_density):
            assert near(pixels(draw(found, False).png)[INSIDE], LOSS).any() == marked


async def test_zoom_leaves_the_larger_stakes_out() -> None:
    source = made_up(np.concatenate((np.linspace(1, 100, 60), [1e5])), rng().standard_normal((61, 1)))
    whole, near_by = [
        pixels(picture_of_influence(await stake_influence(source, zoom=zoom), False).png)[INSIDE]
        for zoom in (None, 100.0)
    ]
    right = slice(520, 700)  # columns
    assert not near(whole[:, right], CURRENT, 0.65).any()
    assert near(near_by[:, right], CURRENT, 0.65).sum() > 200


async def test_a_round_that_goes_the_other_way_hangs_below() -> None:
    stake = np.arange(1.0, 21)
    tc = np.column_stack([stake, -stake, stake])
    found = await stake_influence(made_up(stake, tc), by="round")
    bars = near(pixels(picture_of_rounds(found, False).png)[INSIDE], CURRENT)
    half = np.flatnonzero(bars.any(axis=1)).mean()
    above, below = (
        np.flatnonzero(part.any(axis=0)) for part in (bars[: int(half) - 20], bars[int(half) + 20 :])
    )
    assert below.min() > above.min()
    assert below.max() < above.max()


STAKES = {
    "one holder": np.array([7.0]),
    "two": np.array([7.0, 9.0]),
    "all equal": np.full(40, 7.0),
    "all equal to the threshold": np.full(40, 8000.0),
    "all above": rng().uniform(9000, 20_000, 40),
    "dust": np.array([1e-16, 1e-12, 1e-9]),
    "spread": rng().lognormal(3, 3, 300),
}


@pytest.mark.parametrize("stakes", STAKES)
@pytest.mark.parametrize(("by", "rounds", "zoom"), [("today", 1, None), ("round", 12, 0.001)])
async def test_odd_stakes_are_drawn_whole(stakes: str, by: str, rounds: int, zoom: float | None) -> None:
    stake = STAKES[stakes]
    source = made_up(stake, rng(2).standard_normal((stake.size, rounds)))
    check_all(await stake_influence(source, by=by, zoom=zoom))


@pytest.mark.parametrize("scale", [0.0, 1e-12, 1e6])
async def test_scores_of_any_size_fit(scale: float) -> None:
    check_all(
        await stake_influence(made_up(rng().lognormal(3, 2, 40), scale * rng(2).standard_normal((40, 1))))
    )


@pytest.mark.parametrize("by", ["today", "round"])
async def test_the_largest_stakes_are_drawn_in_any_crowd(by: str) -> None:
    stake = np.concatenate((np.full(DOTS + 1000, 1.0), [1000.0]))
    source = made_up(stake, np.concatenate((np.zeros(DOTS + 1000), [1.0]))[:, None], known=False)
    found = await stake_influence(source, by=by)
    shown = check_titled(partial(picture_of_influence, found), found.finding)[INSIDE]
    assert near(shown[:, -100:], CURRENT, 0.65).sum() > 10


async def test_the_same_result_is_the_same_picture() -> None:
    first, second = [
        picture_of_influence(
            await stake_influence(made_up(np.arange(1.0, 31), rng().standard_normal((30, 1))))
        )
        for _ in range(2)
    ]
    assert first == second
