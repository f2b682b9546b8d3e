"""A poll of four voters, its chain and its export."""

import copy
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from governance.chain import Entry, append, commit, start
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


def next_entry(
    poll: Mapping[str, Any], last: Entry | None, commitment: str | None, *, replaces: int | None = None
) -> Entry:
    previous = last.head if last else start(poll)
    sequence = last.sequence + 1 if last else 1
    return Entry(sequence, commitment, previous, append(previous, commitment, replaces=replaces), replaces)


def chain_of(steps: Sequence[tuple[str | None, int | None]], poll: dict[str, Any] = POLL) -> list[Entry]:
    """Steps are a choice (None: withdrawn) and the sequence it replaces; the salt is the step's number."""
    chain: list[Entry] = []
    for number, (choice, replaced) in enumerate(steps, 1):
        commitment = None if choice is None else commit(choice, salt(number))
        chain.append(next_entry(poll, chain[-1] if chain else None, commitment, replaces=replaced))
    return chain


# 1 stays, 2 is changed by 4, 3 is withdrawn by 6, 5 stays
STEPS = [("a", None), ("b", None), ("b", None), ("a", 2), ("b", None), (None, 3)]


def poll_export(counted: Sequence[tuple[str, str | None]] | None = None) -> dict[str, Any]:
    counted = [("b", salt(5)), ("a", salt(4)), ("a", salt(1))] if counted is None else counted
    result = claim(plurality("single", [choice for choice, _ in counted], ["a", "b"]))
    weighted = {"log_stake": {"a": 55, "b": 45}, "linear_stake": None}
    return export(POLL, chain_of(STEPS), counted, result=result, weighted=weighted, tie_seed=SEED)


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


def receipt(number: int) -> Receipt:
    entry = chain_of(STEPS)[number - 1]
    assert entry.commitment is not None
    return Receipt(7, number, entry.commitment, salt(number), entry.head)
