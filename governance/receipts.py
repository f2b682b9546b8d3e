"""A voter's receipt, and what anybody is told of an exported poll: `python -m governance.receipts`."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from governance.chain import canonical, commit, sha256
from governance.export import LARGEST, checked_export, read_export, shown
from governance.text import counted
from governance.verification import DIGITS, Verification, verify

__all__ = ["Receipt", "Verification", "find_receipt", "main", "read_receipt", "receipt_text", "verify"]

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


def find_receipt(exported: object, receipt: Receipt) -> str:
    """What became of the ballot of a receipt, in one sentence. Raises ValueError as verify does.

    It says what the export says: verify that as well.
    """
    said = checked_export(exported)
    row = next((row for row in said["chain"] if row["sequence"] == receipt.sequence), None)
    if said["poll"]["id"] != receipt.poll:
        return "This receipt is from another poll."
    if row is None:
        return (
            f"This receipt is not in the chain, which has no entry {receipt.sequence}: the receipt is made "
            "up, or the chain was cut."
        )
    if (row["commitment"], row["head"]) != (receipt.commitment, receipt.head):
        return (
            f"This receipt is not in the chain, where entry {receipt.sequence} says something else: the "
            "receipt is made up, or the chain is."
        )
    later = next((row for row in said["chain"] if row["replaces"] == receipt.sequence), None)
    if later is not None:
        happened = "changed" if later["commitment"] else "withdrawn"
        return f"This ballot was {happened} by its voter, in entry {later['sequence']}: it counts no more."
    if said["result"] is None:
        return (
            "This ballot is in the chain, unchanged. So few took part that no choice is published, this one "
            "neither."
        )
    for row in said["choices"]:
        if row["salt"] == receipt.salt and commit(row["choice"], receipt.salt) == receipt.commitment:
            return f"This ballot is in the counted list, unchanged: {shown(canonical(row['choice']))}."
    if all(commit(row["choice"], receipt.salt) != receipt.commitment for row in said["choices"]):
        return (
            "This ballot is in the chain and neither changed nor withdrawn, but no counted choice fits it: "
            "the salt of this receipt is made up, or the ballot was left out of the count."
        )
    return (
        "This ballot is in the chain, and a choice like it is in the counted list without its salt, which "
        "its voter had erased after the close."
    )


def main(arguments: Sequence[str] | None = None, *, tally: Callable[..., Any] | None = None) -> int:
    """Verify a file: 0 if it holds together, 1 with what is wrong, 2 if it is no export."""
    parser = argparse.ArgumentParser(prog="python -m governance.receipts")
    verifying = parser.add_subparsers(required=True).add_parser("verify", help="check the export of a poll")
    return _verified(_asking(verifying, parser, arguments), tally)


def main_alone(arguments: Sequence[str] | None = None) -> int:
    """The same for verify.py, which does nothing else."""
    parser = argparse.ArgumentParser(prog="python verify.py", description="Check the export of a poll.")
    return _verified(_asking(parser, parser, arguments), None)


def _asking(
    verifying: argparse.ArgumentParser, parser: argparse.ArgumentParser, arguments: Sequence[str] | None
) -> argparse.Namespace:
    verifying.add_argument("file", type=Path, help="the export, a JSON file")
    verifying.add_argument("--head", help="the head that the poll's card shows, or its first 16 digits")
    verifying.add_argument("--receipt", help="your receipt, to see what became of your ballot")
    return parser.parse_args(arguments)


def _verified(asked: argparse.Namespace, tally: Callable[..., Any] | None) -> int:
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
    sys.stdout.write("\n".join([*_report(exported, checked), *found]) + "\n")
    return 0 if checked.ok else 1


def _report(exported: Any, checked: Verification) -> list[str]:
    """What was found, what was checked, and what no check of this file can tell."""
    title, entries = shown(exported["poll"]["title"]), len(exported["chain"])
    if not checked.ok:
        told = checked.problems[:_TOLD]
        more = [f"And {len(checked.problems) - _TOLD} more."] if len(checked.problems) > _TOLD else []
        return [f"“{title}” does NOT hold together:", *told, *more]
    chain = (
        f"Checked: each of {counted(entries, 'entry', 'entries')} of the chain follows from the one before; "
        f"{counted(checked.in_force, 'ballot is', 'ballots are')} in force at its end."
    )
    if exported["result"] is None:
        told = [
            f"“{title}”: the chain holds together. Too few ballots were cast ({checked.in_force}), so the "
            "choices are withheld and only the chain was checked.",
            chain,
            "Not checked: what was chosen, and what would have won.",
        ]
    else:
        winners = ", ".join(shown(canonical(winner)) for winner in exported["result"]["winners"])
        told = [
            f"“{title}” holds together: {counted(checked.counted, 'ballot')} counted.",
            chain,
            f"Checked: {_matched(checked)}",
            f"Checked: counted again, one vote per member, {winners or 'nobody'} won and every total is as "
            "claimed.",
        ]
        if any(view is not None for view in exported["weighted"].values()):
            told.append("Not checked: the weighted shares, since nobody's stake is in the export.")
    return [
        *told,
        _compared(exported["head"], checked.compared),
        "No export can show that every ballot came from a member who exists, or that nobody was kept from "
        "voting: for that you trust whoever runs the bot.",
    ]


def _matched(checked: Verification) -> str:
    if checked.matched == checked.counted:
        return (
            "every counted choice fits the commitment that was made when it was cast, each to one of its own."
        )
    erased = checked.counted - checked.matched
    return (
        f"{checked.matched} of {counted(checked.counted, 'counted choice')} fit the commitment that was made "
        f"when they were cast. {counted(erased, 'voter')} had their salt erased after the close: that as "
        "many ballots are in force was checked, that the choice is the one they cast can't be."
    )


def _compared(head: str, digits: int) -> str:
    if digits == DIGITS:
        return "Checked: the head is the one you gave."
    if digits:
        return (
            f"Checked: the first {counted(digits, 'digit')} of the head are the ones you gave; the other "
            f"{DIGITS - digits} were not compared."
        )
    return (
        "Not checked: whether this is what the server was shown. Compare this with the head on the poll's "
        f"card: {head}"
    )


if __name__ == "__main__":
    sys.exit(main())
