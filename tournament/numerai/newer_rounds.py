"""What was kept of a model's rounds and what is newer, as one: a whole history is megabytes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

WHOLE_AGE = timedelta(days=30)  # after which all rounds are asked for again: some are corrected


def first_asked_for(kept: Mapping[str, Any] | None, now: datetime) -> int | None:
    """The round from which on to ask: the oldest that had not resolved; None for all of them.

    kept: columns of parse.performances with the moment their `whole` was asked, if there are any.
    """
    if kept is None or not kept["round"]:
        return None
    if not timedelta() <= now - datetime.fromisoformat(kept["whole"]) < WHOLE_AGE:
        return None
    pending = (number for number, over in zip(kept["round"], kept["resolved"], strict=True) if not over)
    return next(pending, kept["round"][-1])


def joined(kept: Mapping[str, Any], since: int, told: Mapping[str, Any]) -> dict[str, Any]:
    """The kept rounds before `since`, then those that were told; both are columns of parse.performances."""
    old = sum(number < since for number in kept["round"])
    start = next((at for at, number in enumerate(told["round"]) if number >= since), len(told["round"]))
    size = len(told["round"]) - start
    columns: dict[str, Any] = {
        name: kept[name][:old] + told[name][start:]
        for name in ("round", "resolved", "stake", "factor", "payout", "unclear")
    }
    for group in ("scores", "chosen"):
        before, after = kept[group], told[group]
        columns[group] = {
            score: before.get(score, [None] * old)[:old]
            + (after[score][start:] if score in after else [None] * size)
            for score in dict.fromkeys((*before, *after))
        }
    known = [number for number in kept["skipped"] if number is not None and number < since]
    known += [number for number in told["skipped"] if number is not None and number >= since]
    nameless = max(each["skipped"].count(None) for each in (kept, told))
    return {
        **columns,
        "limits": kept["limits"] | told["limits"],
        "skipped": known + [None] * nameless,
        "whole": kept["whole"],
    }
