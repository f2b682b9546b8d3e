"""A poll of three voters and its export."""

import copy
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from governance.commitments import canonical, commit, terms_hash
from governance.export import claim, export
from governance.receipts import Receipt, verify

SEED = "a seed of chance"
POLL = {
    "id": 7,
    "title": "Which cap?",
    "method": "single",
    "options": ["a", "b"],
    "budget": None,
    "opened": "2027-01-01T00:00:00Z",
    "closed": "2027-01-08T00:00:00Z",
    "tie_seed_commitment": hashlib.sha256(SEED.encode()).hexdigest(),
}


@dataclass(frozen=True)
class Counted:
    winners: tuple[str, ...]
    totals: dict[str, Fraction]


def plurality(
    method: str, ballots: Sequence[Any], options: Sequence[str], *, seed: str | None = None, budget: int = 10
) -> Counted:
    """A stand-in for the tally: single choice, ties stay."""
    if (
        method != "single"
        or options != ["a", "b"]
        or not all(isinstance(ballot, str) and ballot in options for ballot in ballots)
    ):
        raise ValueError("This ballot must name one option.")
    totals = {option: Fraction(Counter(ballots)[option]) for option in options}
    return Counted(tuple(o for o in options if totals[o] == max(totals.values())), totals)


def salt(number: int) -> str:
    return f"{number:032x}"


# three ballots in force: the salt is the number of the voter
CAST = [("a", 1), ("a", 4), ("b", 5)]


def cast_as(*choices: tuple[Any, int]) -> list[tuple[str, str | None]]:
    """Choices and the numbers of their voters as an export takes them."""
    return [(canonical(choice), salt(number)) for choice, number in choices]


def poll_export(*erased: int) -> dict[str, Any]:
    """The export after these voters erased their traces."""
    counted = [
        (text, None if n in erased else salt(n))
        for (text, _), (_, n) in zip(cast_as(*CAST), CAST, strict=True)
    ]
    gone = [commit(choice, salt(n)) for choice, n in CAST if n in erased]
    result = claim(plurality("single", [choice for choice, _ in CAST], ["a", "b"]))
    weighted = {"log_stake": {"a": 55, "b": 45}, "linear_stake": None}
    return export(POLL, counted, gone, result=result, weighted=weighted, tie_seed=SEED)


EXPORT = poll_export()


def holds(exported: object, **more: Any) -> bool:
    """Whether an export passes; one that is refused as such does not."""
    try:
        return verify(exported, tally=plurality, **more).ok
    except ValueError as error:
        refused = str(error)
    assert refused.endswith(".")
    assert "\n" not in refused
    return False


def with_value(exported: dict[str, Any], path: tuple[Any, ...], value: Any) -> tuple[Any, dict[str, Any]]:
    changed = copy.deepcopy(exported)
    inner: Any = changed
    for key in path[:-1]:
        inner = inner[key]
    before, inner[path[-1]] = inner[path[-1]], value
    return before, changed


# ---------------------------------------------------------------- receipts


def receipt(number: int, choice: str = "a") -> Receipt:
    return Receipt(7, commit(choice, salt(number)), salt(number), terms_hash(POLL))
