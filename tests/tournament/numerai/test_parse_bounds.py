"""What no answer of Numerai's can be is refused or taken for unknown before it is kept, and costs no time."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from tests.tournament.numerai.told import UNREADABLE, only, row, score
from tournament.numerai import columns, parse
from tournament.numerai.live_rule import MOST_CHOICES, announced, announced_rule
from tournament.source import SourceError

BEYOND = [2**63, 2**64, -(2**63) - 1, 10**400, 1e300, math.inf, math.nan, "9" * 400, "1e400", "9" * 10**6]


@pytest.mark.parametrize("value", BEYOND, ids=range(len(BEYOND)))
def test_a_number_beyond_all_that_is_counted_is_unknown(value: Any) -> None:
    assert parse.number(value) is None
    told = only(row(1200, [score("mmc", value, 20, value, value)], {"mmc": 2.0}, atRisk=value))
    assert (told["stake"], told["payout"], told["scores"]["mmc"]) == (None, None, None)


@pytest.mark.parametrize("number", [2**63, 10**400, 1_000_000, -1, 1.5, "1200", True])
def test_a_round_s_number_is_one(number: Any) -> None:
    with pytest.raises(SourceError, match=UNREADABLE):
        parse.performances([row(number)], 8)
    with pytest.raises(SourceError, match=UNREADABLE):
        parse.rounds([{"number": number, "openTime": "2026-11-19T13:00:00Z"}])
    assert announced([{"number": number, "openTime": "2026-11-19T13:00:00Z"}]) is None


@pytest.mark.parametrize(
    "time",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01",
        "9999-12-31",
        "1999-12-31",
        "x" * 10**6,
    ],
)
def test_a_time_at_the_edge_is_none(time: str) -> None:
    assert parse.moment(time) is None
    assert parse.price({"price": "7.25", "lastUpdated": time}) is None
    told = parse.rounds([{"number": 5, "openTime": "2026-11-19T13:00:00Z", "resolveTime": time}])
    assert np.isnat(columns.calendar(told).rounds.resolves).all()


@pytest.mark.parametrize("name", ["", "x" * 201, "a\nb", "\ud800", "a\0", 7, None, ["a"], {"a": 1}])
def test_a_name_is_a_short_text_that_can_be_printed(name: Any) -> None:
    with pytest.raises(SourceError, match=UNREADABLE):
        parse.model({"id": "7", "username": name})
    with pytest.raises(SourceError, match=UNREADABLE):
        parse.models_of_account({"models": [{"id": name, "displayName": "a"}]}, 8)
    assert parse.leaderboard([{"username": name, "nmrStaked": "1"}]) == [["", 1.0]]
    assert parse.performances([row(1200, [score(name, 0.1)])], 8)["scores"] == {}


def test_more_rows_than_there_can_be_are_unreadable() -> None:
    with pytest.raises(SourceError, match=UNREADABLE):
        parse.leaderboard([{}] * (parse.MOST_ROWS + 1))


def test_more_scores_than_there_can_be_are_unreadable() -> None:
    names = [f"s{n}" for n in range(parse.MOST_SCORES + 1)]
    with pytest.raises(SourceError, match=UNREADABLE):
        parse.performances([row(1200 + at, [score(name, 0.1)]) for at, name in enumerate(names)], 8)
    with pytest.raises(SourceError, match=UNREADABLE):
        announced([of_scores(parse.MOST_SCORES + 1)])


def of_scores(count: int) -> dict[str, Any]:
    configs = [
        {
            "displayName": f"s{n}",
            "isPayout": True,
            "minMultiplier": 0,
            "defaultMultiplier": 1,
            "maxMultiplier": 2,
        }
        for n in range(count)
    ]
    return {"number": 1402, "openTime": "2026-11-19T13:00:00Z", "roundScoreConfigs": configs}


@pytest.mark.parametrize("count", [14, parse.MOST_SCORES])
def test_many_scores_are_not_multiplied_with_each_other(count: int) -> None:
    told = announced([of_scores(count)])
    assert told is not None
    rule = announced_rule("classic", told)
    assert rule is not None
    assert dict(rule.multipliers) == {f"s{n}": 2.0 for n in range(count)}
    assert len(rule.choices) == 1
    few = announced([of_scores(6)])
    assert few is not None
    rule = announced_rule("classic", few)
    assert rule is not None
    assert len(rule.choices) == 3**6 <= MOST_CHOICES


def test_names_of_many_models_make_no_endless_columns() -> None:
    parts = {
        f"model_{n}": parse.performances(
            [row(1200, [score("mmc", 0.1), score("shared", 0.1), score(f"own_{n}", 0.1)])], 8
        )
        for n in range(200)
    }
    history = columns.history("everyone", "everyone", parts)
    others = set(history.scores) - set(parse.SCORES)
    assert len(others) == columns.MOST_OTHERS
    assert "shared" in others
    spans = columns.widest(*({f"s{n}": (1, 2), "mmc": (1, 2)} for n in range(200)))
    assert len(spans) == columns.MOST_OTHERS + 1
    assert all(earlier < later for earlier, later in pairwise(sorted(spans)))
