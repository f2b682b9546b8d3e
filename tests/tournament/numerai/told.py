"""A model's rounds as the API tells them."""

from datetime import datetime
from typing import Any

from tournament.numerai import parse

UNREADABLE = "not in a form this bot can read"


def score(
    name: str, value: Any, day: int | None = 20, settled: Any = None, pending: Any = None
) -> dict[str, Any]:
    return {
        "displayName": name,
        "value": value,
        "day": day,
        "payoutSettled": settled,
        "payoutPending": pending,
    }


def row(number: Any = 1200, scores: Any = (), paid: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "roundNumber": number,
        "roundResolved": True,
        "atRisk": "12.500000000000000000",
        "roundPayoutFactor": "0.25",
        "payoutMultipliers": None
        if paid is None
        else [{"displayName": name, "multiplier": times} for name, times in paid.items()],
        "submissionScores": scores if scores is None else list(scores),
        **more,
    }


def only(entry: dict[str, Any], asked: datetime | None = None) -> dict[str, Any]:
    """The columns that are made of one row, each with its one value."""
    told = parse.performances([entry], 8, asked)
    values = {name: told[name][0] for name in ("round", "resolved", "stake", "factor", "payout")}
    return values | {group: {key: of[0] for key, of in told[group].items()} for group in ("scores", "chosen")}
