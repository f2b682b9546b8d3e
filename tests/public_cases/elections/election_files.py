"""The ballots of the election files beside this one."""

import csv
import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
EXPECTED: dict[str, Any] = json.loads((HERE / "expected.json").read_text())
CASES: dict[str, dict[str, Any]] = {
    case["id"]: case for case in json.loads((HERE / "cases.json").read_text())
}

Ballot = list[str | list[str]]


def ballots_of(name: str) -> tuple[list[Ballot], list[int]]:
    """Ballots, best first with a list for options ranked equally, and how many say each of them."""
    with (HERE / name).open(newline="") as file:
        rows = list(csv.DictReader(file))
    ballots: list[Ballot] = []
    for row in rows:
        ranks = [rank.split("=") for rank in row["ranking"].split(">") if rank]
        ballots.append([rank[0] if len(rank) == 1 else rank for rank in ranks])
    return ballots, [int(row["count"]) for row in rows]


def options_of(ballots: list[Ballot]) -> list[str]:
    """Every option that somebody ranks."""
    named = {option for ballot in ballots for rank in ballot for option in rank_of(rank)}
    return sorted(named, key=lambda option: (len(option), option))


def rank_of(rank: str | list[str]) -> list[str]:
    """The options of a rank."""
    return [rank] if isinstance(rank, str) else rank
