"""Turns what Numerai's API tells of a whole round into columns with a number for every model."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from tournament.numerai import parse
from tournament.source import Floats, SourceError

# columns beside the scores: how a model goes with others, all of them correlations
LIKENESS = {
    "corrWMetaModel": "corr_with_meta_model",
    "apcwnm": "mean_corr_with_others",
    "mcwnm": "highest_corr_with_another",
}
HELD = ("corr_with_meta_model",)  # of these, what is held in memory with the scores
MOST_MODELS = 50_000
_NOT_SCORES = ("id", "modelName", "selectedStakeValue", "payoutPending", "payoutSettled")


@dataclass(frozen=True)
class RoundHead:
    """What is one number a round: amounts in NMR, None where the API tells none.

    multipliers: what each score is paid by, of those that are not 0. told: how many models the answer had,
    those that were left out for want of a name included.
    """

    number: int
    resolved: bool
    factor: float | None
    at_risk: float | None
    multipliers: Mapping[str, float]
    told: int


@dataclass(frozen=True)
class WholeRound:
    """A round and its models (n,): their ids and names, and columns (n,) by name, NaN where none is told.

    Columns are "stake" and "payout" in NMR, the scores there are, and those of LIKENESS.
    """

    head: RoundHead
    keys: tuple[str, ...]  # what stays the same when a model is renamed: its id, else its name
    names: tuple[str, ...]
    columns: Mapping[str, Floats]


def whole_round(answer: Any, number: int, asked: datetime) -> WholeRound | None:
    """A round as of the moment it was `asked`; None where the API has no such round.

    Of two rows of a model the last counts. Raises SourceError for what can't be that round.
    """
    if answer is None:
        return None
    if parse.field(answer, "roundNumber") != number:
        raise SourceError(parse.UNREADABLE)
    rows = parse.rows_of(answer.get("models"))
    if len(rows) > MOST_MODELS:
        raise SourceError(parse.UNREADABLE)
    good = {_key(row): row for row in rows if parse.is_name(row.get("modelName"))}
    if rows and not good:
        raise SourceError(parse.UNREADABLE)
    resolved = parse.is_resolved(answer.get("roundResolved"), answer.get("roundResolveTime"), asked)
    told = list(good.values())
    columns = {"stake": _column(told, "selectedStakeValue"), "payout": _payout(told, resolved=resolved)}
    columns |= _scores(told)
    columns |= {ours: _column(told, theirs) for theirs, ours in LIKENESS.items()}
    return WholeRound(
        RoundHead(
            number=number,
            resolved=resolved,
            factor=parse.number(answer.get("payoutFactor")),
            at_risk=parse.number(answer.get("totalAtStake")),
            multipliers=_multipliers(answer.get("payoutMultipliers")),
            told=len(rows),
        ),
        keys=tuple(good),
        names=tuple(row["modelName"] for row in told),
        columns={name: values for name, values in columns.items() if not np.isnan(values).all()},
    )


def no_round(number: int, *, resolved: bool) -> WholeRound:
    """A round that the API does not have: without models, so that it need not be asked for again."""
    return WholeRound(RoundHead(number, resolved, None, None, {}, 0), (), (), {})


def _key(row: Mapping[str, Any]) -> str:
    return row["id"] if parse.is_name(row.get("id")) else row["modelName"].lower()


def _column(rows: list[Mapping[str, Any]], name: str) -> Floats:
    return np.array([parse.number(row.get(name)) for row in rows], dtype=np.float64)  # makes NaN of None


def _payout(rows: list[Mapping[str, Any]], *, resolved: bool) -> Floats:
    """What a round paid, or would pay: what is settled, and where that is 0 or nothing what is pending."""
    settled, pending = _column(rows, "payoutSettled"), _column(rows, "payoutPending")
    on_its_way = np.isnan(settled) | ((settled == 0) & (np.nan_to_num(pending) != 0))
    return (
        np.where(on_its_way, pending, settled) if resolved else np.where(np.isnan(pending), settled, pending)
    )


def _scores(rows: list[Mapping[str, Any]]) -> dict[str, Floats]:
    """The scores that the bot knows; of two names of one score the more telling one that tells anything."""
    names = dict.fromkeys(name for row in rows for name in row)
    found: dict[str, tuple[int, Floats]] = {}
    for name in names:
        if name in _NOT_SCORES or name in LIKENESS:
            continue
        score, rank = parse.score_key(name)
        if score not in parse.SCORES:
            continue
        values = _column(rows, name)
        if not np.isnan(values).all() and (score not in found or rank < found[score][0]):
            found[score] = (rank, values)
    return {score: found[score][1] for score in parse.SCORES if score in found}


def _multipliers(told: Any) -> dict[str, float]:
    """The multipliers that are not 0, under the scores they are of."""
    paid: dict[str, float] = {}
    for entry in parse.rows_of(told):
        name, times = entry.get("displayName"), parse.number(entry.get("multiplier"))
        if parse.is_name(name) and times:
            paid.setdefault(parse.score_key(name)[0], times)
    if len(paid) > parse.MOST_SCORES:
        raise SourceError(parse.UNREADABLE)
    return paid
