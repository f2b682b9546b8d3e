"""Rounds of the bundled sample as they are in the file, and how many are under way at once."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from tournament.sample import SampleSource
from tournament.source import Rounds


async def test_rounds_168_to_382_as_they_are_in_the_file(
    source: SampleSource, calendar: pd.DataFrame
) -> None:
    rounds = await source.rounds()
    np.testing.assert_array_equal(rounds.number, np.arange(168, 383))
    np.testing.assert_array_equal(rounds.number, calendar["round"])
    for ours, theirs in (("opened", "open_time"), ("resolves", "resolve_time")):
        utc = calendar[theirs].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy("datetime64[s]")
        np.testing.assert_array_equal(getattr(rounds, ours), utc)
    for ours, theirs in (
        ("total_at_risk", "total_at_risk_nmr"),
        ("stake_threshold", "stake_threshold_nmr"),
        ("payout_factor", "payout_factor"),
    ):
        np.testing.assert_array_equal(getattr(rounds, ours), calendar[theirs])
    np.testing.assert_array_equal(rounds.paid, ~calendar["is_daily"])


@pytest.mark.slow
async def test_about_five_weekly_rounds_are_under_way_at_once(
    source: SampleSource, calendar: pd.DataFrame
) -> None:
    rounds = await source.rounds()
    weekly = calendar[~calendar["is_daily"]]

    def counted(number: int) -> int:
        opens = calendar.loc[calendar["round"] == number, "open_time"].item()
        return int(((weekly["open_time"] <= opens) & (weekly["resolve_time"] > opens)).sum())

    for first, last in ((168, 325), (306, 325), (311, 325), (325, 325), (200, 201), (168, 170), (168, 382)):
        numbers = np.arange(first, last + 1)
        assert rounds.overlap(numbers) == int(np.median([counted(number) for number in numbers]))
    assert rounds.overlap(np.arange(168, 326)) == 5
    assert rounds.overlap(np.arange(306, 326)) == 5


async def test_rounds_that_are_not_there_overlap_nothing_but_themselves(source: SampleSource) -> None:
    rounds = await source.rounds()
    assert rounds.overlap(np.array([], dtype=np.int64)) == 1
    assert rounds.overlap(np.array([9999])) == 1
    assert rounds.overlap(np.array([168])) == 1  # the first that is on record


def made_up_rounds(every_hours: int, lasting_hours: int, count: int, paid: object = True) -> Rounds:
    opened = np.datetime64("2031-05-01T12:00:00") + np.arange(count) * np.timedelta64(every_hours, "h")
    nan = np.full(count, np.nan)
    return Rounds(
        number=np.arange(1, count + 1),
        opened=opened,
        resolves=opened + np.timedelta64(lasting_hours, "h"),
        total_at_risk=nan,
        stake_threshold=nan,
        payout_factor=nan,
        paid=np.broadcast_to(np.asarray(paid, dtype=bool), count),
    )


@pytest.mark.parametrize(
    ("every", "lasting", "overlap"),
    [
        (7 * 24, 7 * 24 + 1, 2),
        (7 * 24, 7 * 24, 1),  # one resolves as the next opens
        (7 * 24, 3 * 24, 1),
        (24, 10 * 24, 10),
        (24, 10 * 24 + 1, 11),
        (24, 64 * 24, 64),
    ],
)
def test_overlap_comes_from_open_and_resolve_times(every: int, lasting: int, overlap: int) -> None:
    assert made_up_rounds(every, lasting, 200).overlap(np.arange(100, 150)) == overlap


def test_test_rounds_that_pay_nothing_do_not_count_as_under_way() -> None:
    paid = np.arange(200) % 2 == 0
    assert made_up_rounds(24, 10 * 24, 200, paid).overlap(np.arange(100, 150)) == 5


def test_rounds_that_resolve_out_of_order_are_counted_all_the_same() -> None:
    rounds = made_up_rounds(24, 48, 4)
    late = dataclasses.replace(rounds, resolves=rounds.opened + np.array([240, 24, 24, 24], "timedelta64[h]"))
    # when the fourth opens, the first and it itself are under way
    assert late.overlap(np.array([4])) == 2


async def test_rounds_follow_each_other_in_a_rhythm(source: SampleSource) -> None:
    rounds = await source.rounds()
    assert rounds.spacing == pytest.approx(7.0, abs=0.02)  # some opened hours early or late
    one = dataclasses.replace(rounds, paid=rounds.number == 320)
    assert np.isnan(one.spacing)
    assert np.isnan(dataclasses.replace(rounds, paid=rounds.number < 0).spacing)
