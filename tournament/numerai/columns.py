"""Turns the plain columns of a stored answer into the frozen arrays that a source hands out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tournament.numerai.parse import SCORES
from tournament.source import Floats, History, Rounds

# daily rounds were first tried on weekdays, unpaid
_TRIAL_FROM, _TRIAL_UNTIL = np.datetime64("2022-10-25"), np.datetime64("2023-05-01")
_SATURDAY = 5
MOST_OTHERS = 64  # scores that the bot does not know and keeps all the same


@dataclass(frozen=True)
class Calendar:
    """The rounds (r,), and which of them have resolved."""

    rounds: Rounds
    resolved: NDArray[np.bool_]

    def until(self) -> date:
        """The day on which a round last resolved; where none has, the newest one's opening."""
        done = self.rounds.resolves[self.resolved & ~np.isnat(self.rounds.resolves)]
        when = done.max() if done.size else self.rounds.opened[-1]
        return when.astype("datetime64[D]").item()


def calendar(columns: Mapping[str, Sequence[Any]]) -> Calendar:
    """Rounds in order. What was at risk in all is derived from a payout factor below 1, else unknown."""
    opened, factor, threshold = (
        _times(columns["opened"]),
        _floats(columns["factor"]),
        _floats(columns["threshold"]),
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        at_risk = np.where((factor > 0) & (factor < 1), threshold / factor, np.nan)
    weekday = (opened.astype("datetime64[D]").astype(np.int64) + 3) % 7
    trial = (opened >= _TRIAL_FROM) & (opened < _TRIAL_UNTIL) & (weekday != _SATURDAY)
    return Calendar(
        Rounds(
            number=np.array(columns["number"], dtype=np.int64),
            opened=opened,
            resolves=_times(columns["resolves"]),
            total_at_risk=at_risk,
            stake_threshold=threshold,
            payout_factor=factor,
            paid=~trial,
        ),
        resolved=np.array(columns["resolved"], dtype=bool),
    )


def history(
    name: str,
    kind: str,
    parts: Mapping[str, Mapping[str, Any]],
    *,
    also: Iterable[str] = (),
    asked_at: datetime | None = None,
    notice: str = "",
) -> History:
    """The rows of every model, in the order of the mapping from its name to its columns.

    Scores that a model has not got are NaN; every score the bot knows and those in `also` have a column, and
    of those it does not know the MOST_OTHERS that most models have.
    """
    sizes = [len(columns["round"]) for columns in parts.values()]
    seen = _frequent(columns["scores"] for columns in parts.values())
    picked = _frequent(columns["chosen"] for columns in parts.values())

    def joined(column: str, dtype: type = np.float64) -> NDArray[Any]:
        return np.concatenate(
            [np.empty(0, dtype), *(np.array(columns[column], dtype=dtype) for columns in parts.values())]
        )

    def by_score(group: str, scores: Iterable[str]) -> dict[str, Floats]:
        return {
            score: np.concatenate(
                [np.empty(0)]
                + [
                    _floats(columns[group][score]) if score in columns[group] else np.full(size, np.nan)
                    for columns, size in zip(parts.values(), sizes, strict=True)
                ]
            )
            for score in scores
        }

    return History(
        name=name,
        kind=kind,
        models=tuple(parts),
        model=np.repeat(np.arange(len(sizes), dtype=np.int64), sizes),
        round=joined("round", np.int64),
        scores=by_score("scores", _in_order(seen | set(SCORES) | set(also))),
        chosen=by_score("chosen", _in_order(picked) or ["corr"]),
        payout_factor=joined("factor"),
        stake=joined("stake"),
        payout=joined("payout"),
        resolved=joined("resolved", np.bool_),
        asked_at=asked_at,
        notice=notice,
    )


def gaps(parts: Iterable[Mapping[str, Any]]) -> list[str]:
    """Sentences on what these columns of models lack."""
    parts, sentences = list(parts), []
    if skipped := sum(len(columns["skipped"]) for columns in parts):
        rows = "1 round" if skipped == 1 else f"{skipped:,} rounds"
        sentences.append(f"Left out: {rows} that came without a number, a stake or scores.")
    if unclear := sum(sum(columns["unclear"]) for columns in parts):
        which = "payout of 1 round" if unclear == 1 else f"payouts of {unclear:,} rounds"
        sentences.append(f"Not known: the {which}, told by score in amounts that can be read in two ways.")
    return sentences


def score_spans(history: History) -> dict[str, tuple[int, int]]:
    """The first and last resolved round of each score that a history has."""
    spans = {}
    for score, values in history.scores.items():
        scored = history.round[history.resolved & ~np.isnan(values)]
        if scored.size:
            spans[score] = (int(scored.min()), int(scored.max()))
    return spans


def widest(*spans: Mapping[str, Sequence[int]]) -> dict[str, tuple[int, int]]:
    """The spans of several sources as one: for each score the earliest first and the latest last round."""
    merged: dict[str, tuple[int, int]] = {}
    for each in spans:
        for score, (first, last) in each.items():
            known = merged.get(score, (first, last))
            merged[score] = (min(first, known[0]), max(last, known[1]))
    return {score: merged[score] for score in _in_order(_frequent([merged]))}


def _frequent(names: Iterable[Iterable[str]]) -> set[str]:
    """The scores that the bot knows and the MOST_OTHERS that are named most often."""
    times = Counter(name for each in names for name in each)
    others = sorted(times.keys() - set(SCORES), key=lambda name: (-times[name], name))
    return (times.keys() & set(SCORES)) | set(others[:MOST_OTHERS])


def _in_order(scores: Iterable[str]) -> list[str]:
    found = set(scores)
    return [score for score in SCORES if score in found] + sorted(found - set(SCORES))


def _floats(values: Sequence[float | None]) -> Floats:
    return np.array(values, dtype=np.float64)  # makes NaN of None


def _times(values: Sequence[str | None]) -> NDArray[np.datetime64]:
    return np.array([value or "NaT" for value in values], dtype="datetime64[s]")
