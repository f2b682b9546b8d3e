"""Turns what Numerai's API answers into plain columns that JSON can hold; None where it says nothing."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, TypeGuard

from tournament.numerai.round_scores import ToldScore, round_pay, scores_that_count
from tournament.source import SourceError

TOURNAMENT_NUMBERS = {"classic": 8, "signals": 11, "crypto": 12}

# score -> what the API calls it, without case and underscores, the more telling spelling first
_SPELLINGS = {
    "corr": ("v2corr20", "corr20v2", "corr20", "corr20d", "corr", "correlation"),
    "mmc": ("mmc", "mmc20", "mmc20d", "metamodelcontribution"),
    "tc": ("tc", "truecontribution"),
    "fnc_v3": ("fncv3",),
    "fnc_v4": ("fncv4",),
    "corr60": ("corr60",),
    "mmc60": ("mmc60",),
    "alpha": ("alpha",),
    "mpc": ("mpc", "metaportfoliocontribution"),
    "ncorr": ("neutralcorr", "ncorr", "neutralcorrelation"),
    "nmmc": ("neutralmmc", "nmmc", "neutralcontribution"),
}
SCORES = tuple(_SPELLINGS)
_CANON = "canon"  # scores made comparable over the years; the one a round was paid by goes first
_VITAL = ("roundNumber", "roundResolved", "atRisk", "submissionScores")

LONGEST_BIO = 100_000  # characters that are read of it
# what is beyond these is no answer of Numerai's, and is refused before it is kept
MOST_ROWS = 100_000
MOST_SCORES = 64  # names of scores in one answer
LONGEST_NAME = 200
LARGEST_NUMBER = 1e15
DISCORD_ID = re.compile(r"[1-9][0-9]{14,19}", re.ASCII)
LARGEST_ROUND = 1_000_000
FIRST_YEAR, LAST_YEAR = 2000, 2200

UNREADABLE = "Numerai's answer is not in a form this bot can read"


def field(answer: Any, name: str) -> Any:
    """What an answer says under a name, None included. Raises SourceError where the name is missing."""
    if not isinstance(answer, Mapping) or name not in answer:
        raise SourceError(UNREADABLE)
    return answer[name]


def number(value: Any) -> float | None:
    """A number up to LARGEST_NUMBER from a number or a decimal text; None for anything else."""
    if value is None or type(value) is float:  # nearly all of tens of thousands
        return value if value is not None and abs(value) <= LARGEST_NUMBER else None
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    if isinstance(value, str) and len(value) > LONGEST_NAME:
        return None
    try:
        parsed = float(Decimal(value.replace(",", "")) if isinstance(value, str) else value)
    except (InvalidOperation, OverflowError):
        return None
    return parsed if abs(parsed) <= LARGEST_NUMBER else None


def moment(value: Any) -> str | None:
    """A time as UTC without its zone, for example 2031-05-04T18:30:00; None for anything else."""
    try:
        parsed = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    if not FIRST_YEAR <= parsed.year < LAST_YEAR:  # at the edge no zone can be taken off
        return None
    aware = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    return aware.replace(tzinfo=None).isoformat(timespec="seconds")


@lru_cache(maxsize=1024)
def score_key(name: str) -> tuple[str, int]:
    """The score that a name of the API means, and how telling the name is, 0 the most; else in lower case."""
    plain = "".join(filter(str.isalnum, name)).lower()
    canon = plain.startswith(_CANON) and plain != _CANON
    plain = plain.removeprefix(_CANON) if canon else plain
    for score, spellings in _SPELLINGS.items():
        if plain in spellings:
            return score, spellings.index(plain) + 100 * canon
    lower = name.strip().lower()
    return (lower.removeprefix(f"{_CANON}_"), 100) if canon else (lower, 0)


def leaderboard(answer: Any) -> list[list[Any]]:
    """[name, stake in NMR] of every row; a row without a name has an empty one."""
    return [
        [name if is_name(name := row.get("username")) else "", number(row.get("nmrStaked"))]
        for row in rows_of(answer)
    ]


def model(answer: Any) -> list[str] | None:
    """[id, name] of a model's profile; None where there is no such model."""
    if answer is None:
        return None
    return [_name(answer, "id"), _name(answer, "username")]


def profile(answer: Any) -> list[str] | None:
    """[id, name, account, bio] of a model as everybody sees it; None where there is no such model.

    The bio is "" where there is none, and no longer than LONGEST_BIO.
    """
    if answer is None:
        return None
    named, bio = [_name(answer, name) for name in ("id", "username", "accountName")], field(answer, "bio")
    if not isinstance(bio, str | None):
        raise SourceError(UNREADABLE)
    return [*named, (bio or "")[:LONGEST_BIO]]


def models_of_account(answer: Any, tournament: int) -> list[list[str]] | None:
    """[id, name] of an account's models in this tournament; None where there is no such account."""
    if answer is None:
        return None
    rows = [
        row
        for row in rows_of(field(answer, "models"))
        if row.get("tournament", tournament) in (None, tournament)
    ]
    return sorted(([_name(row, "id"), _name(row, "displayName")] for row in rows), key=lambda row: row[1])


def owner(answer: Any, tournament: int) -> dict[str, Any] | None:
    """models_of_account of an account, its bio, and its owner's id at Discord; None for no such account.

    {"models": [[id, name]], "bio": a text, "discord": a number or None}
    """
    models = models_of_account(answer, tournament)
    if models is None:
        return None
    bio, linked = answer.get("bio"), answer.get("discord")
    told = linked.get("userId") if isinstance(linked, Mapping) else None
    text = str(told)[:30] if isinstance(told, str | int) else ""
    return {
        "models": models,
        "bio": bio[:LONGEST_BIO] if isinstance(bio, str) else "",
        "discord": int(text) if DISCORD_ID.fullmatch(text) else None,
    }


def rounds(answer: Any, asked: datetime | None = None) -> dict[str, list[Any]]:
    """Columns of every round that has a number and an opening, in order; of two of a kind, the last.

    With the moment it was `asked`, no round is resolved before its time has come.
    """
    rows = {
        row["number"]: {
            "number": row["number"],
            "opened": moment(row.get("openTime")),
            "resolves": moment(row.get("resolveTime")),
            "resolved": is_resolved(row.get("resolvedGeneral"), row.get("resolveTime"), asked),
            "factor": number(row.get("payoutFactor")),
            "threshold": number(row.get("stakeThreshold")),
        }
        for row in rows_of(answer)
        if is_round_number(row.get("number")) and moment(row.get("openTime"))
    }
    if not rows:
        raise SourceError(UNREADABLE)
    ordered = [rows[key] for key in sorted(rows)]
    return {name: [row[name] for row in ordered] for name in ordered[0]}


def price(answer: Any) -> list[Any] | None:
    """[day, price of one NMR], the day as 2031-05-04; None where the answer lacks one of them."""
    if answer is None:
        return None
    told, updated = number(field(answer, "price")), moment(field(answer, "lastUpdated"))
    return None if told is None or told <= 0 or updated is None else [updated[:10], told]


def performances(answer: Any, tournament: int, asked: datetime | None = None) -> dict[str, Any]:
    """Columns of a model's rounds in order, and the rounds of the rows that were unusable.

    Of two rows for a round the last counts, but none before a resolved one. With the moment it was `asked`,
    no round is resolved before its time has come.
    {"round", "resolved", "stake", "factor", "payout", "unclear": lists; "scores", "chosen": lists by score;
    "skipped": numbers of rounds, None where there is none; "limits": [value, limit] of "churn" and "turnover"
    as of the newest round that tells them, as shares}
    """
    raw = [row for row in rows_of(answer) if row.get("tournament", tournament) == tournament]
    good = [row for row in raw if _is_usable(row)]
    if raw and not good:
        raise SourceError(UNREADABLE)
    told = [_performance(row, asked) for row in good]
    by_round = {row["round"]: row for row in sorted(told, key=lambda row: row["resolved"])}
    rows = [by_round[key] for key in sorted(by_round)]
    columns: dict[str, Any] = {
        name: [row[name] for row in rows]
        for name in ("round", "resolved", "stake", "factor", "payout", "unclear")
    }
    for name in ("scores", "chosen"):
        keys = dict.fromkeys(key for row in rows for key in row[name])
        if len(keys) > MOST_SCORES:
            raise SourceError(UNREADABLE)
        columns[name] = {key: [row[name].get(key) for row in rows] for key in keys}
    return {
        **columns,
        "limits": _limits(sorted(good, key=lambda row: row["roundNumber"])),
        "skipped": [
            number if is_round_number(number := row.get("roundNumber")) else None
            for row in raw
            if not _is_usable(row)
        ],
    }


def _limits(rows: list[Mapping[str, Any]]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for row in rows:
        for what, told, limit in (
            ("churn", "prevWeekChurnMax", "churnThreshold"),
            ("turnover", "prevWeekTurnoverMax", "turnoverThreshold"),
        ):
            pair = [number(row.get(name)) for name in (told, limit)]
            if None not in pair:
                found[what] = pair  # type: ignore[assignment]
    return found


def _is_usable(row: Mapping[str, Any]) -> bool:
    return all(name in row for name in _VITAL) and is_round_number(row["roundNumber"])


def _performance(row: Mapping[str, Any], asked: datetime | None) -> dict[str, Any]:
    multipliers = {
        name: multiplier
        for entry in rows_of(row.get("payoutMultipliers"))
        if is_name(name := entry.get("displayName") or entry.get("name"))
        and (multiplier := number(entry.get("multiplier"))) is not None
    }
    chosen: dict[str, float] = {}
    for name, multiplier in multipliers.items():
        key = score_key(name)[0]
        if multiplier or key not in chosen:
            chosen[key] = multiplier
    resolved = is_resolved(row["roundResolved"], row.get("roundResolveTime"), asked)
    paid = {name: score_key(name)[0] for name, multiplier in multipliers.items() if multiplier}
    scores = scores_that_count(
        [_told(score) for score in rows_of(row["submissionScores"]) if is_name(score.get("displayName"))],
        paid,
        resolved=resolved,
    )
    pay = round_pay(scores, set(paid.values()), resolved=resolved)
    return {
        "round": row["roundNumber"],
        "resolved": resolved,
        "stake": number(row["atRisk"]),
        "factor": number(row.get("roundPayoutFactor")),
        "payout": pay.amount,
        "unclear": pay.unclear,
        "scores": {key: score.value for key, score in scores.items()},
        "chosen": chosen,
    }


def _told(score: Mapping[str, Any]) -> ToldScore:
    day, settled, pending = (number(score.get(name)) for name in ("day", "payoutSettled", "payoutPending"))
    if settled == 0 and pending:  # it is still on its way: of a payout of 0, nothing is pending
        settled = None
    return ToldScore(
        score["displayName"],
        *score_key(score["displayName"]),
        day=-math.inf if day is None else day,
        value=number(score.get("value")),
        settled=settled,
        pending=pending,
    )


def is_resolved(flag: Any, resolves: Any, asked: datetime | None) -> bool:
    """Whether a round's time had come when it was asked about, and the API does not say otherwise."""
    over = moment(resolves)
    if asked is None or over is None:
        return flag is True
    return flag is not False and datetime.fromisoformat(over).replace(tzinfo=UTC) <= asked


def rows_of(answer: Any) -> list[Mapping[str, Any]]:
    """The rows of a list, none where there is no list. Raises SourceError for anything else."""
    if answer is None:
        return []
    if not isinstance(answer, list) or len(answer) > MOST_ROWS:
        raise SourceError(UNREADABLE)
    if not all(isinstance(row, Mapping) for row in answer):
        raise SourceError(UNREADABLE)
    return answer


def _name(answer: Any, name: str) -> str:
    """A name or an id that an answer has to tell."""
    told = field(answer, name)
    if not is_name(told):
        raise SourceError(UNREADABLE)
    return told


def is_name(value: Any) -> TypeGuard[str]:
    """Whether that is a text that can be a name or an id: short, and all of it can be printed."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isprintable()


def is_round_number(value: Any) -> bool:
    """Whether that can be the number of a round."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LARGEST_ROUND
