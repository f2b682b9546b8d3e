"""A model's rounds as the API tells them."""

from typing import Any

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
