"""What people are told of an answer that is not all there is, or not of this moment."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tournament.numerai import columns
from tournament.numerai.cache import CachedAnswer
from tournament.source import SourceError

NAMED = 3  # of many models
NEAR = 0.9  # of a limit


def incomplete(account: str, missing: Sequence[str], models: int) -> SourceError:
    """That models of an account could not be read, and which: without them there is no total."""
    named = ", ".join(missing[:NAMED])
    if more := len(missing) - NAMED:
        named += f" and {more:,} more" if more > 0 else ""
    return SourceError(
        f"{len(missing):,} of the {models:,} models of {account} could not be read just now ({named}), and "
        "without them nothing adds up",
        "They are being read: try again in a minute, or ask about one model.",
    )


def near_limits(models: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """A sentence for each model whose churn or turnover is over its limit or nearly so, the worst first.

    models: their columns of parse.performances by name.
    """
    told = [
        (value / limit, name, what, value, limit)
        for name, columns in models.items()
        for what, (value, limit) in columns["limits"].items()
        if limit > 0 and value >= NEAR * limit
    ]
    return tuple(
        f"{name} had a {what} of {100 * value:.1f} % in its last week, "
        f"{'over' if value >= limit else 'close to'} the limit of {100 * limit:.1f} %."
        for _, name, what, value, limit in sorted(told, key=lambda each: (-each[0], *each[1:3]))
    )


def notice(answers: Sequence[CachedAnswer], now: datetime, lacking: str) -> str:
    """Sentences on how old the histories of models are, and what they lack; "" for a whole and young answer.

    lacking: a sentence on what the API no longer tells.
    """
    late = [answer for answer in answers if answer.late]
    sentences = []
    if late:
        age = age_of(now - min(answer.fetched_at for answer in late))
        some = "1 model is" if len(late) == 1 else f"{len(late)} models are"
        what = "this is its answer" if len(late) == len(answers) else f"{some} shown as"
        sentences.append(f"{late[0].late}; {what} of {age} ago.")
    if lacking:
        sentences.append(lacking)
    return " ".join([*sentences, *columns.gaps([answer.value for answer in answers])])


def age_of(elapsed: timedelta) -> str:
    """A length of time in its largest unit: "3 hours"."""
    seconds = max(elapsed.total_seconds(), 60.0)
    for size, unit in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}" if count == 1 else f"{count:,} {unit}s"
    raise AssertionError("a minute at least")
