"""Turns what Numerai's API tells beside rows into what a source hands out."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tournament.numerai import parse
from tournament.overview import DailyScores, ScoresOfTheDay, Series, StakeOverYears
from tournament.source import SourceError

MOST_DAYS = 400  # on which a round can be scored
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


def daily(answer: Any) -> dict[str, list[list[Any]]]:
    """[round, day, value or None] of every day that is told, in order, by score; the last of several rows.

    Of two names of one score the more telling one counts, round by round.
    """
    found: dict[str, dict[int, tuple[int, dict[int, float | None]]]] = {}
    for row in parse.rows_of(answer):
        number, day, name = row.get("roundNumber"), parse.number(row.get("day")), row.get("displayName")
        if not (isinstance(number, int) and parse.is_round_number(number) and parse.is_name(name)):
            continue
        if day is None or not 0 <= day <= MOST_DAYS:
            continue
        score, rank = parse.score_key(name)
        if score not in parse.SCORES:
            continue
        rounds = found.setdefault(score, {})
        if number not in rounds or rank < rounds[number][0]:
            rounds[number] = (rank, {})
        if rank == rounds[number][0]:
            rounds[number][1][int(day)] = parse.number(row.get("value"))
    return {
        score: [
            [number, day, value]
            for number, (_, days) in sorted(rounds.items())
            for day, value in sorted(days.items())
        ]
        for score, rounds in found.items()
    }


def daily_scores(model: str, told: Mapping[str, list[list[Any]]]) -> DailyScores | None:
    """What daily made of an answer; None where it told nothing."""
    columns = {score: np.array(rows, dtype=np.float64).reshape(-1, 3) for score, rows in told.items() if rows}
    if not columns:
        return None

    def whole(at: int) -> dict[str, NDArray[np.int64]]:
        return {score: table[:, at].astype(np.int64) for score, table in columns.items()}

    return DailyScores(model, whole(0), whole(1), {score: table[:, 2] for score, table in columns.items()})


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
