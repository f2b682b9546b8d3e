"""The picture of how concentration changed, read back pixel by pixel."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import numpy as np
import pytest

from features.stakes.history import StakeHistory
from features.stakes.history_chart import picture_of_stake_history
from scoring.concentration import concentration
from tests.features.payout.test_compare_chart import near
from tests.features.stakes.test_concentration_chart import check_titled, pixels
from tournament.overview import Series, StakeOverYears
from ui.drawing import CURRENT, GAIN, PROPOSED

pytestmark = pytest.mark.slow

FIRST = date(2031, 5, 4)


def history(
    *stakes: list[float], apart: int = 1, rounds: int = 0, at_risk: float = 1e5, unit: str = "account"
) -> StakeHistory:
    """A snapshot of each list of stakes, so many days apart, and weekly rounds before them."""
    opened = np.datetime64(FIRST, "s") - np.timedelta64(7 * 86400, "s") * np.arange(rounds)[::-1]
    return StakeHistory(
        unit=unit,
        guessed=unit == "account",
        days=tuple(FIRST + timedelta(days=apart * at) for at in range(len(stakes))),
        measures=tuple(concentration(stake) for stake in stakes),
        opened=opened,
        at_risk=at_risk * (1 + 0.3 * np.sin(np.arange(rounds))),
        source="Made up",
    )


def test_the_picture_states_the_change_and_names_both_measures() -> None:
    found = history([8, 1, 1], [1, 1, 1, 1], rounds=20)
    picture = picture_of_stake_history(found)
    shown = check_titled(partial(picture_of_stake_history, found), found.finding)
    assert min(near(shown, colour).sum() for colour in (CURRENT, PROPOSED, GAIN)) > 500
    for part in ("2031-05-04 to 2031-05-05", "3 and 4 at the end", found.finding, "accounts"):
        assert part in picture.alt


def test_more_that_hold_half_is_a_line_that_rises() -> None:
    for stakes, rises in (([[8, 1, 1], [1] * 9], True), ([[1] * 9, [8, 1, 1]], False)):
        line = near(pixels(picture_of_stake_history(history(*stakes), False).png)[:500], PROPOSED)
        columns = np.flatnonzero(line.any(axis=0))
        start, end = (np.flatnonzero(line[:, at : at + 3].any(axis=1)).mean() for at in columns[[2, -5]])
        assert (end < start) == rises


def test_without_rounds_there_is_one_panel() -> None:
    with_rounds, without = [
        pixels(picture_of_stake_history(history([3, 1], rounds=rounds), False).png) for rounds in (20, 0)
    ]
    assert near(with_rounds, GAIN).sum() > 500
    assert not near(without, GAIN).any()


@pytest.mark.parametrize(
    "found",
    [
        history([5]),
        history([5], rounds=1),
        history([5], rounds=214),
        history([1] * 60),
        history([1] * 60, [1] * 60, apart=400),
        history(*[[1.0, 2, 3]] * 90, rounds=9),
        history(np.random.default_rng(1).lognormal(0, 2, 10**5).tolist(), unit="model"),
        history([1, 1], rounds=5, at_risk=1e-9),
        history([1, 1], rounds=5, at_risk=1e12),
    ],
    ids=["one", "a round", "years", "equal", "a year apart", "a season", "a crowd", "little", "much"],
)
def test_odd_histories_are_drawn_whole(found: StakeHistory) -> None:
    check_titled(partial(picture_of_stake_history, found), found.finding)


def test_the_same_history_is_the_same_picture() -> None:
    first, second = [picture_of_stake_history(history([3, 1], [2, 2], rounds=5)) for _ in range(2)]
    assert first == second
    assert first != picture_of_stake_history(history([3, 1], [9, 2], rounds=5))


def test_the_source_s_own_record_takes_the_place_of_what_rounds_had_at_risk() -> None:
    days = np.datetime64("2025-01-01") + np.timedelta64(30, "D") * np.arange(60)
    record = Series(days, np.linspace(0, 2e5, 60))
    found = replace(history([3, 1], rounds=20), years=StakeOverYears(record, record, record))
    shown = near(pixels(picture_of_stake_history(found, False).png), GAIN)
    columns = np.flatnonzero(shown.any(axis=0))
    start, end = (np.flatnonzero(shown[:, at]).min() for at in columns[[5, -5]])
    assert end < start - 50, "it rises all the way"
    none = replace(found, years=StakeOverYears(Series(days[:0], record.values[:0]), record, record))
    assert (
        picture_of_stake_history(none, False).png
        == picture_of_stake_history(replace(found, years=None), False).png
    )
