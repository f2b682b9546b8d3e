"""A voter's receipt, and the verification of an exported poll by anybody: `python -m governance.receipts`."""

import argparse
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from governance.chain import append, canonical, commit, sha256, start
from governance.export import (
    LARGEST,
    STEP,
    checked_export,
    claim,
    in_order,
    outcome,
    read_export,
    rule_of,
    shown,
)
from governance.text import counted

_TEXT = "roundtable-receipt-1"
_TOLD = 10  # problems printed


@dataclass(frozen=True)
class Receipt:
    """What a voter keeps: with it and the export, they find their ballot among those that were counted."""

    poll: int
    sequence: int
    commitment: str
    salt: str
    head: str


@dataclass(frozen=True)
class Verification:
    """Whether an export holds together, what is wrong with it, and the result of counting it again."""

    ok: bool
    problems: tuple[str, ...]
    counted: int
    recount: Mapping[str, Any] | None  # winners and totals; None where the choices can't be counted
    matched: int  # choices that fit the commitment of their voter; the others were erased


def receipt_text(receipt: Receipt) -> str:
    """A receipt in about 230 characters, which read_receipt takes back."""
    said = f"{_TEXT}:{receipt.poll}:{receipt.sequence}:{receipt.commitment}:{receipt.salt}:{receipt.head}"
    return f"{said}:{sha256(said)[:8]}"


def read_receipt(text: str) -> Receipt:
    """The receipt in a text, with or without what Discord puts around it.

    Raises ValueError for anything else, and for a receipt with a mistyped character.
    """
    said, _, check = re.sub(r"[\s`]", "", text).rpartition(":")
    parts = said.split(":")
    numbers = [part for part in parts[1:3] if re.fullmatch(r"[1-9][0-9]{0,18}", part)]
    if len(parts) != 6 or parts[0] != _TEXT or len(numbers) != 2:
        raise ValueError(f"This is no receipt: one begins with “{_TEXT}:” and has seven parts.")
    if check != sha256(said)[:8]:
        raise ValueError("A character of this receipt is wrong: its last part does not fit the rest.")
    return Receipt(int(parts[1]), int(parts[2]), *parts[3:])


def verify(
    exported: object, *, head: str | None = None, tally: Callable[..., Any] | None = None
) -> Verification:
    """Check an export: links, commitments, that each ballot in force is counted once, and the count itself.

    exported is the parsed JSON. head: the one that the channel showed, without which whoever made the export
    could have made all of it anew. tally: governance.tally.tally unless another is given. It can't tell who
    the voters are, nor whether they exist. Raises ValueError with one sentence for what is no such export.
    """
    said = checked_export(exported)
    poll, chain, choices = said["poll"], said["chain"], said["choices"]
    problems: list[str] = []
    in_force = _links(poll, chain, problems)
    last = chain[-1]["head"] if chain else start(poll)
    if said["head"] != append(last, outcome(said)):
        problems.append("The final head does not follow from the chain and the outcome.")
    if head is not None and head.strip().lower() != said["head"]:
        problems.append("The final head is not the one that was published.")
    seed, promised = said["tie_seed"], poll["tie_seed_commitment"]
    if (seed is None) != (promised is None) or (seed is not None and sha256(seed) != promised):
        problems.append("The tie seed is not the one that was committed to.")
    matched = _match(choices, in_force, problems)
    for name, view in said["weighted"].items():
        if view is not None and any(share % STEP or not 0 <= share <= 100 for share in view.values()):
            problems.append(f"The weighted shares of {shown(name)} are not in steps of {STEP} points.")
    recount = _recount(said, tally, problems)
    return Verification(not problems, tuple(problems), len(choices), recount, matched)


def find_receipt(exported: object, receipt: Receipt) -> str:
    """What became of the ballot of a receipt, in one sentence. Raises ValueError as verify does.

    It says what the export says: verify that as well.
    """
    said = checked_export(exported)
    row = next((row for row in said["chain"] if row["sequence"] == receipt.sequence), None)
    if said["poll"]["id"] != receipt.poll:
        return "This receipt is from another poll."
    if row is None or (row["commitment"], row["head"]) != (receipt.commitment, receipt.head):
        return f"This receipt is not in the chain: entry {receipt.sequence} is not what the voter was told."
    later = next((row for row in said["chain"] if row["replaces"] == receipt.sequence), None)
    if later is not None:
        happened = "changed" if later["commitment"] else "withdrawn"
        return f"This ballot was {happened} by entry {later['sequence']}."
    for row in said["choices"]:
        if row["salt"] == receipt.salt and commit(row["choice"], receipt.salt) == receipt.commitment:
            return f"This ballot was counted: {shown(canonical(row['choice']))}."
    return "This ballot is in force, but no counted choice has its salt: it was erased, or it is missing."


def main(arguments: Sequence[str] | None = None, *, tally: Callable[..., Any] | None = None) -> int:
    """Verify a file: 0 if it holds together, 1 with what is wrong, 2 if it is no export."""
    parser = argparse.ArgumentParser(prog="python -m governance.receipts")
    verifying = parser.add_subparsers(required=True).add_parser("verify", help="check the export of a poll")
    verifying.add_argument("file", type=Path, help="the export, a JSON file")
    verifying.add_argument("--head", help="the final head that the channel showed")
    verifying.add_argument("--receipt", help="your receipt, to see what became of your ballot")
    asked = parser.parse_args(arguments)
    try:
        with asked.file.open("rb") as file:
            exported = read_export(file.read(LARGEST + 1))
        checked = verify(exported, head=asked.head, tally=tally)
        found = [find_receipt(exported, read_receipt(asked.receipt))] if asked.receipt else []
    except OSError as error:
        sys.stderr.write(f"The file can't be read: {error.strerror}.\n")
        return 2
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write("\n".join([*_report(exported, checked, asked.head), *found]) + "\n")
    return 0 if checked.ok else 1


def _links(poll: Mapping[str, Any], chain: Sequence[Mapping[str, Any]], problems: list[str]) -> set[str]:
    """The commitments in force at the end; what is wrong with the chain joins the problems."""
    in_force: dict[int, str] = {}
    seen: set[str] = set()
    previous = start(poll)
    for place, row in enumerate(chain, 1):
        commitment, replaced = row["commitment"], row["replaces"]
        if row["sequence"] != place:
            problems.append(f"Entry {place} says that it is entry {row['sequence']}.")
        if row["previous"] != previous:
            problems.append(f"Entry {place} does not follow from what is before it.")
        if row["head"] != append(row["previous"], commitment, replaces=replaced):
            problems.append(f"The head of entry {place} does not fit what the entry says.")
        if replaced is not None and in_force.pop(replaced, None) is None:
            problems.append(f"Entry {place} replaces a ballot that is not in force.")
        if commitment is None and replaced is None:
            problems.append(f"Entry {place} withdraws nothing.")
        if commitment in seen:
            problems.append(f"Entry {place} repeats an earlier commitment.")
        elif commitment is not None:
            seen.add(commitment)
            in_force[place] = commitment
        previous = row["head"]
    return set(in_force.values())


def _match(choices: Sequence[Mapping[str, Any]], in_force: set[str], problems: list[str]) -> int:
    """How many choices fit a commitment in force, each of which counts once."""
    waiting = set(in_force)
    for number, row in enumerate(choices, 1):
        if row["salt"] is not None:
            commitment = commit(row["choice"], row["salt"])
            if commitment not in waiting:
                problems.append(f"Choice {number} fits no ballot in force that is not counted already.")
            waiting.discard(commitment)
    erased = sum(row["salt"] is None for row in choices)
    if erased != len(waiting):
        problems.append(
            f"{counted(erased, 'choice has', 'choices have')} no salt, but "
            f"{counted(len(waiting), 'ballot in force has', 'ballots in force have')} no choice."
        )
    if not in_order(choices):
        problems.append("The choices are not in the order of the format.")
    return len(in_force) - len(waiting)


def _recount(
    said: Mapping[str, Any], tally: Callable[..., Any] | None, problems: list[str]
) -> dict[str, Any] | None:
    count = tally
    if count is None:
        # here, because whoever brings a tally needs no other
        from governance.votes.tally import tally as own

        count = own
    poll, ballots = said["poll"], [row["choice"] for row in said["choices"]]
    settings: dict[str, Any] = {} if poll["budget"] is None else {"budget": poll["budget"]}
    if poll["method"] == "gradient":
        settings["rule"], settings["known"] = rule_of(poll)
    try:
        recount = claim(count(poll["method"], ballots, poll["options"], seed=said["tie_seed"], **settings))
    except ValueError as error:
        problems.append(f"The choices can't be counted: {shown(str(error))}")
        return None
    if canonical(recount) != canonical(said["result"]):
        problems.append("Counting the choices again gives another result than the one that is claimed.")
    return recount


def _matched(checked: Verification) -> str:
    told = f"{counted(checked.matched, 'choice fits', 'choices fit')} a commitment"
    erased = checked.counted - checked.matched
    gone = f"; of {counted(erased, 'choice')} the voter was erased after the close" if erased else ""
    return f"{told}{gone}."


def _report(exported: Any, checked: Verification, head: str | None) -> list[str]:
    title = shown(exported["poll"]["title"])
    if not checked.ok:
        told = checked.problems[:_TOLD]
        more = [f"And {len(checked.problems) - _TOLD} more."] if len(checked.problems) > _TOLD else []
        return [f"“{title}” does NOT hold together:", *told, *more]
    winners = ", ".join(shown(canonical(winner)) for winner in exported["result"]["winners"])
    compare = [] if head else [f"Compare this with the head in the poll's message: {exported['head']}"]
    return [
        f"“{title}” holds together: {counted(checked.counted, 'ballot')} counted, "
        f"{counted(len(exported['chain']), 'entry', 'entries')}.",
        _matched(checked),
        f"Counted again, one vote per member: {winners or 'nobody'} won, as claimed.",
        *compare,
    ]


if __name__ == "__main__":
    sys.exit(main())
