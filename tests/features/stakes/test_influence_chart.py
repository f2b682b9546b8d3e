"""The picture of stake and score, read back pixel by pixel."""

import numpy as np
import pytest

from features.stakes.influence import stake_influence
from features.stakes.influence_chart import DOTS, picture_of_influence
from tests.features.payout.test_compare_chart import near
from tests.features.stakes.test_concentration_chart import check_titled, pixels
from tests.features.stakes.test_holders import MadeUp, calendar, rows_of, stakes_of
from tournament.sample import SampleSource
from ui.drawing import CURRENT, LOSS, PROPOSED

pytestmark = pytest.mark.slow

LEFT, RIGHT = slice(110, 600), slice(680, 1165)  # columns of the two panels above
ABOVE, BELOW = slice(180, 470), slice(520, 670)  # rows of the panels


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def made_up(stake: np.ndarray, tc: np.ndarray, *, known: bool = True) -> MadeUp:
    rows = rows_of(tc, np.broadcast_to(stake[:, None], tc.shape))
    return MadeUp(stakes_of(stake, known=known), rows=rows, known_rounds=calendar(max(1, tc.shape[1])))


@pytest.mark.parametrize(
    "asked",
    [{}, {"by": "round"}, {"by": "round", "rounds": "round 310"}, {"threshold": 1000.0}, {"zoom": 500.0}],
)
async def test_the_pictures_of_the_sample_state_what_was_found(
    source: SampleSource, asked: dict[str, object]
) -> None:
    found = await stake_influence(source, **asked)  # type: ignore[arg-type]
    picture = picture_of_influence(found)
    shown = check_titled(picture, found.finding)
    for panel in (LEFT, RIGHT):
        assert near(shown[ABOVE, panel], CURRENT, 0.65).sum() > 20
        assert near(shown[ABOVE, panel], PROPOSED, 0.22).sum() > 300
    above = f"{found.across.n_above} lie above {found.threshold:,.0f}"
    for part in (found.finding, above, found.who):
        assert part in picture.alt


async def test_the_band_is_level_for_the_score_and_opens_for_the_product() -> None:
    found = await stake_influence(made_up(np.linspace(10, 1000, 60), rng().standard_normal((60, 1))))
    shown = pixels(picture_of_influence(found).png)
    for panel, opens in ((LEFT, False), (RIGHT, True)):
        band = near(shown[ABOVE, panel], PROPOSED, 0.22)
        columns = band.shape[1]
        near_zero, far = (band[:, at : at + 15].sum() for at in (columns // 5, 4 * columns // 5))
        assert (far > 2 * near_zero) == opens
        assert (0.7 < far / near_zero < 1.4) != opens


async def test_few_above_the_threshold_are_ticks_and_many_an_area() -> None:
    stake = np.concatenate((rng().uniform(1, 90, 60), rng(2).uniform(110, 900, 40)))
    source = made_up(stake, rng(3).standard_normal((100, 1)))
    many, few = [
        pixels(picture_of_influence(await stake_influence(source, threshold=at)).png)[BELOW]
        for at in (100.0, 800.0)
    ]
    assert near(many, PROPOSED, 0.45).sum() > 2000
    assert not near(few, PROPOSED, 0.45).sum() > 50
    assert near(few, PROPOSED).sum() > 20


async def test_the_threshold_is_marked_in_every_panel_that_shows_it() -> None:
    found = await stake_influence(
        made_up(np.linspace(10, 1000, 60), rng().standard_normal((60, 1))), threshold=500.0
    )
    shown = pixels(picture_of_influence(found).png)
    for part in (shown[ABOVE, LEFT], shown[ABOVE, RIGHT], shown[BELOW]):
        assert near(part, LOSS).sum() > 20


async def test_zoom_leaves_the_larger_stakes_out() -> None:
    source = made_up(np.concatenate((np.linspace(1, 100, 60), [1e5])), rng().standard_normal((61, 1)))
    whole, near_by = [
        pixels(picture_of_influence(await stake_influence(source, zoom=zoom)).png)[ABOVE, LEFT]
        for zoom in (None, 100.0)
    ]
    middle = slice(150, 350)  # columns
    assert not near(whole[:, middle], CURRENT, 0.65).any()
    assert near(near_by[:, middle], CURRENT, 0.65).sum() > 200


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
    found = await stake_influence(source, by=by, zoom=zoom)
    check_titled(picture_of_influence(found), found.finding)


@pytest.mark.parametrize("scale", [0.0, 1e-12, 1e6])
async def test_scores_of_any_size_fit(scale: float) -> None:
    found = await stake_influence(made_up(rng().lognormal(3, 2, 40), scale * rng(2).standard_normal((40, 1))))
    check_titled(picture_of_influence(found), found.finding)


@pytest.mark.parametrize("by", ["today", "round"])
async def test_the_largest_stakes_are_drawn_in_any_crowd(by: str) -> None:
    stake = np.concatenate((np.full(DOTS + 1000, 1.0), [1000.0]))
    source = made_up(stake, np.concatenate((np.zeros(DOTS + 1000), [1.0]))[:, None], known=False)
    found = await stake_influence(source, by=by)
    shown = check_titled(picture_of_influence(found), found.finding)[ABOVE, RIGHT]
    assert near(shown[:, -60:], CURRENT, 0.65).sum() > 10


async def test_the_same_result_is_the_same_picture() -> None:
    first, second = [
        picture_of_influence(
            await stake_influence(made_up(np.arange(1.0, 31), rng().standard_normal((30, 1))))
        )
        for _ in range(2)
    ]
    assert first == second
