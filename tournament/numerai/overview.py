"""Turns what Numerai's API tells of a whole tournament into what a source hands out."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np

from tournament.numerai import parse
from tournament.overview import ScoresOfTheDay, Series, StakeOverYears
from tournament.source import SourceError

Pairs = list[list[Any]]  # [day as 2031-05-04, value], in order


def pipeline(answer: Any) -> dict[str, Any] | None:
    """Whether a day has scores, when they came and when they are expected; None where there is no page."""
    if answer is None:
        return None
    if not isinstance(answer, Mapping):
        raise SourceError(parse.UNREADABLE)
    expected = answer.get("isScoringDay")
    return {
        "are_expected": expected if isinstance(expected, bool) else None,
        "came": parse.moment(answer.get("scoredAt")),
        "expected": parse.moment(answer.get("scoreP90Eta")),
    }


def overview(answer: Any) -> dict[str, Pairs] | None:
    """The stake and who has one, by day; None where there is no page."""
    if answer is None:
        return None
    if not isinstance(answer, Mapping):
        raise SourceError(parse.UNREADABLE)
    return {
        ours: _pairs(answer.get(theirs), day, value)
        for ours, theirs, day, value in (
            ("stake", "totalAtStakeValues", "time", "value"),
            ("accounts", "stakedAccounts", "date", "count"),
            ("models", "stakedModels", "date", "count"),
        )
    }


def scores_of_the_day(told: Mapping[str, Any]) -> ScoresOfTheDay:
    """What pipeline made of an answer."""
    came, expected = (
        None if told[name] is None else datetime.fromisoformat(told[name]).replace(tzinfo=UTC)
        for name in ("came", "expected")
    )
    return ScoresOfTheDay(told["are_expected"], came, expected)


def stake_over_years(told: Mapping[str, Pairs]) -> StakeOverYears:
    """What overview made of an answer."""

    def series(name: str) -> Series:
        return Series(
            np.array([day for day, _ in told[name]], dtype="datetime64[D]"),
            np.array([value for _, value in told[name]], dtype=np.float64),
        )

    return StakeOverYears(series("stake"), series("accounts"), series("models"))


def _pairs(rows: Any, day: str, value: str) -> Pairs:
    """Of each day the last value, those without a day or a value left out."""
    found: dict[str, float] = {}
    for row in parse.rows_of(rows):
        when, number = parse.moment(row.get(day)), parse.number(row.get(value))
        if when is not None and number is not None and number >= 0:
            found[when[:10]] = number
    return [[each, found[each]] for each in sorted(found)]
