"""The picture of stake that leaves, read back pixel by pixel."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pytest

from features.stakes.leaving.unstaking import UnstakeScenario, unstake_scenario
from features.stakes.leaving.unstaking_chart import picture_of_prices, picture_of_unstaking
from tests.features.payout.test_compare_chart import near
from tests.features.stakes.made_up import MadeUp, calendar, stakes_of
from tests.features.stakes.test_concentration_chart import EDGES, check_titled, pixels
from tournament.sample import SampleSource
from ui.drawing import CURRENT, LOSS, PROPOSED

pytestmark = pytest.mark.slow

PRICES = {"2031-05-01": 20.0, "2031-05-02": 22.0, "2031-05-03": 19.0, "2031-05-04": 20.0}
STILL = dict.fromkeys(PRICES, 20.0)


async def scenario(*stake: float, prices: Mapping[str, float] = PRICES, **asked: object) -> UnstakeScenario:
    source = MadeUp(stakes_of(stake), known_rounds=calendar(20), prices=prices)
    return await unstake_scenario(source, source, **asked)  # type: ignore[arg-type]


def check_prices(found: UnstakeScenario) -> np.ndarray:
    return check_titled(partial(picture_of_prices, found), f"Price if what {found.leaving} held is sold")


async def test_the_picture_of_the_sample_shows_both_sides(source: SampleSource) -> None:
    found = await unstake_scenario(source, source)
    shown = check_titled(partial(picture_of_unstaking, found), found.finding)
    assert min(near(shown, colour).sum() for colour in (CURRENT, PROPOSED)) > 500
    for part in (found.finding, "40 held half, then 110"):
        assert part in picture_of_unstaking(found).alt
    shown = check_prices(found)
    assert min(near(shown, colour).sum() for colour in (CURRENT, PROPOSED, LOSS)) > 300
    assert "11 % lower at most" in picture_of_prices(found).alt


async def test_after_the_largest_leave_the_rest_hold_less_at_the_top() -> None:
    shown = pixels(picture_of_unstaking(await scenario(*[1000.0] * 3, *[1.0] * 100, top=3), False).png)
    left = shown[25:503, 200:260]
    heights = [np.flatnonzero(near(left, colour).any(axis=1)).mean() for colour in (CURRENT, PROPOSED)]
    assert heights[0] < heights[1]


async def test_more_strength_is_a_deeper_fall() -> None:
    found = await scenario(*[1e5] * 10, daily_volume=1e6)
    shown = pixels(picture_of_prices(found, False).png)[25:503]
    lowest = [np.flatnonzero(near(shown, colour).any(axis=1)).max() for colour in (CURRENT, PROPOSED, LOSS)]
    assert lowest[0] < lowest[1] < lowest[2]


async def test_what_was_never_seen_is_hollow() -> None:
    for volume, hollow in ((1e7, False), (100.0, True)):
        found = await scenario(*[100.0] * 10, top=5, daily_volume=volume)
        assert found.prices.extrapolated.all() == found.prices.extrapolated.any() == hollow
        shown = near(pixels(picture_of_prices(found, False).png), LOSS)
        # a dot holds a square of its colour, which neither its ring nor the line does
        squares = np.lib.stride_tricks.sliding_window_view(shown, (10, 10)).all(axis=(2, 3))
        assert squares.any() != hollow


ASKED = ({"top": 1}, {"top": 10**6}, {"above": 1e12}, {"who": "heron_0"}, {"unit": "model", "top": 2})


@pytest.mark.parametrize("edge", EDGES)
async def test_odd_departures_are_drawn_whole(edge: str) -> None:
    """As it is asked by default, and in one of the other ways."""
    for asked in ({}, ASKED[list(EDGES).index(edge) % len(ASKED)]):
        found = await scenario(*EDGES[edge], **asked)
        check_titled(partial(picture_of_unstaking, found), found.finding)
        check_prices(found)


@pytest.mark.parametrize("prices", [{}, {"2031-05-01": 20.0}, STILL], ids=["none", "one day", "still"])
@pytest.mark.parametrize("above", [0.5, 5.0])
async def test_without_a_volatility_there_is_no_price_to_draw(prices: dict[str, float], above: float) -> None:
    found = await scenario(1, 2, 3, prices=prices, above=above)
    alt = picture_of_prices(found).alt
    check_prices(found)
    assert ("no price is known" in alt) == (len(prices) < 3)
    assert "unknown lower" not in alt
    assert ("price" in found.finding) == (len(prices) >= 3 and bool(found.left) and found.after.size > 0)


async def test_any_volume_fits() -> None:
    for volume in (1e-9, 1.0, 1e9):
        found = await scenario(1e6, 2e6, 3e6, top=1, daily_volume=volume)
        check_titled(partial(picture_of_unstaking, found), found.finding)
        check_prices(found)


async def test_a_long_name_fits() -> None:
    found = await scenario(1, 2, who="heron_0")
    long = UnstakeScenario(**{**vars(found), "leaving": "W" * 100, "own": "W" * 100})
    check_titled(partial(picture_of_unstaking, long), long.finding)


async def test_the_same_scenario_is_the_same_picture() -> None:
    first, second = [picture_of_unstaking(await scenario(5, 3, 1, top=1)) for _ in range(2)]
    assert first == second
    assert first != picture_of_unstaking(await scenario(5, 3, 1, top=2))
