"""Columns become histories and a calendar of rounds."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from tests.tournament.numerai.told import only, row, score
from tournament.numerai import columns, parse


def test_a_history_has_a_column_for_every_score_and_a_multiplier() -> None:
    parts = {
        "a": parse.performances([row(1, [score("mmc", 0.1)], {"mmc": 2}), row(2, [score("bmc", 0.2)])], 8),
        "b": parse.performances([row(2, [score("tc", 0.3)], {"tc": 1})], 8),
    }
    history = columns.history("ab", "account", parts, also=["ric"])
    assert history.models == ("a", "b")
    assert history.model.tolist() == [0, 0, 1]
    assert history.round.tolist() == [1, 2, 2]
    assert set(history.scores) == {*parse.SCORES, "bmc", "ric"}
    assert list(history.chosen) == ["mmc", "tc"]
    np.testing.assert_array_equal(history.scores["mmc"], [0.1, np.nan, np.nan])
    np.testing.assert_array_equal(history.chosen["tc"], [np.nan, np.nan, 1.0])
    assert columns.score_spans(history) == {"mmc": (1, 1), "tc": (2, 2), "bmc": (2, 2)}


def test_no_rows_are_an_empty_history() -> None:
    history = columns.history("a", "model", {"a": parse.performances([], 8)})
    assert (history.round.size, history.stake.dtype, list(history.chosen)) == (0, np.float64, ["corr"])


def entry(number: int, opened: str, **more: Any) -> dict[str, Any]:
    return {"number": number, "openTime": opened, **more}


def test_rounds_come_in_order_and_tell_what_was_at_risk() -> None:
    told = parse.rounds(
        [
            entry(3, "2024-01-04T13:00:00Z", payoutFactor="1", stakeThreshold=72000),
            entry(
                2, "2024-01-03T13:00:00Z", payoutFactor="0.1", stakeThreshold=72000, resolveTime="2024-02-03"
            ),
            entry(
                2, "2024-01-03T13:00:00Z", payoutFactor="0.12", stakeThreshold=72000.0, resolvedGeneral=True
            ),
            entry(
                1,
                "2024-01-02T13:00:00Z",
                payoutFactor=None,
                resolvedGeneral=True,
                resolveTime="2024-02-02T20:00Z",
            ),
            entry(4, ""),
        ]
    )
    found = columns.calendar(told)
    assert found.rounds.number.tolist() == [1, 2, 3]
    np.testing.assert_allclose(found.rounds.total_at_risk, [np.nan, 600_000.0, np.nan])
    np.testing.assert_array_equal(found.rounds.payout_factor, [np.nan, 0.12, 1.0])
    assert np.isnat(found.rounds.resolves).tolist() == [False, True, True]
    assert found.until().isoformat() == "2024-02-02"
    assert found.rounds.overlap(found.rounds.number) >= 1


def test_the_first_daily_rounds_were_trials_on_weekdays() -> None:
    days = ["2022-10-22", "2022-10-25", "2022-10-29", "2023-04-28", "2023-04-29", "2023-05-02"]
    told = parse.rounds([entry(number, f"{day}T18:00:00Z") for number, day in enumerate(days)])
    assert columns.calendar(told).rounds.paid.tolist() == [True, False, True, False, True, True]


def test_without_a_resolved_round_the_data_is_as_old_as_the_newest_one() -> None:
    assert (
        columns.calendar(parse.rounds([entry(1, "2024-01-02T13:00:00Z")])).until().isoformat() == "2024-01-02"
    )


def test_the_data_is_as_old_as_the_round_that_resolved_last() -> None:
    long = entry(1, "2024-01-02T13:00:00Z", resolveTime="2024-04-02T20:00Z", resolvedGeneral=True)
    short = entry(2, "2024-01-09T13:00:00Z", resolveTime="2024-02-09T20:00Z", resolvedGeneral=True)
    assert columns.calendar(parse.rounds([long, short])).until().isoformat() == "2024-04-02"


@pytest.mark.parametrize(
    ("flag", "resolves", "resolved"),
    [
        (True, "2024-04-02T20:00Z", True),
        (None, "2024-04-02T20:00Z", True),
        (False, "2024-04-02T20:00Z", False),  # its time has come, and it is not done
        (True, "2024-04-02T20:01Z", False),
        (None, "2024-04-02T20:01Z", False),
        (True, None, True),
        (None, None, False),
    ],
)
def test_a_round_is_resolved_when_its_time_has_come(flag: Any, resolves: Any, resolved: bool) -> None:
    asked = datetime(2024, 4, 2, 20, tzinfo=UTC)
    told = parse.rounds([entry(1, "2024-01-02T13:00:00Z", resolveTime=resolves, resolvedGeneral=flag)], asked)
    assert told["resolved"] == [resolved]
    of_a_model = row(1, [score("mmc", 0.1, 20, "2", "3")], roundResolved=flag, roundResolveTime=resolves)
    told = only(of_a_model, asked)
    assert (told["resolved"], told["payout"]) == (resolved, 2.0 if resolved else 3.0)
