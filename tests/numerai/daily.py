"""What each score of an invented round was on every day until its newest."""

import random
from collections.abc import Iterator

from tests.numerai_data import Invented, Json, performance


def by_day(model: Invented, number: int, tournament: int) -> Iterator[Json]:
    """What each score of a round was on every day until its newest: a way there, always the same one."""
    entries = performance(model, number, tournament)["submissionScores"] or ()
    newest = max((entry["day"] for entry in entries), default=0)
    for entry in entries:
        if entry["day"] < newest:
            continue
        draw = random.Random(f"{model.name}/{tournament}/{number}/{entry['displayName']}/days")
        for day in range(1, newest + 1):
            moved = draw.gauss(0, 0.2 * abs(entry["value"] or 0.0)) * (1 - day / newest)
            value = None if entry["value"] is None else entry["value"] * day / newest + moved
            yield {**entry, "day": day, "value": value}
