"""A voter's receipt, and what anybody is told of an exported poll: `python -m governance.receipts`."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from governance.commitments import canonical, commit, sha256, terms_hash
from governance.export import LARGEST, checked_export, commitments_of, read_export, shown
from governance.text import counted
from governance.verification import DIGITS, Verification, verify

__all__ = ["Receipt", "Verification", "find_receipt", "main", "read_receipt", "receipt_text", "verify"]

_TEXT, _BEFORE = "roundtable-receipt-2", "roundtable-receipt-1"
_NUMBER = "[1-9][0-9]{0,18}"  # of a poll
_TOLD = 10  # problems printed


@dataclass(frozen=True)
class Receipt:
    """What a voter keeps: with it and the export, they find their ballot among those that were counted.

    It names no place and no time, so that nobody who sees it learns which other ballot came before or after.
    """

    poll: int
    commitment: str
    salt: str
    terms: str | None  # SHA-256 of what was settled when the poll opened; None in the first kind of receipts


def receipt_text(receipt: Receipt) -> str:
    """A receipt in about 200 characters, which read_receipt takes back."""
    said = f"{_TEXT}:{receipt.poll}:{receipt.commitment}:{receipt.salt}:{receipt.terms}"
    return f"{said}:{sha256(said)[:8]}"


def read_receipt(text: str) -> Receipt:
    """The receipt in a text, with or without what Discord puts around it, also of the first kind.

    Raises ValueError for anything else, and for a receipt with a mistyped character.
    """
    said, _, check = re.sub(r"[\s`]", "", text).rpartition(":")
    word, *parts = said.split(":")
    before = word == _BEFORE and len(parts) == 5  # with its place in a list, and the head of that list
    if not (before or (word == _TEXT and len(parts) == 4)) or not re.fullmatch(_NUMBER, parts[0]):
        raise ValueError(f"This is no receipt: one begins with “{_TEXT}:” and has six parts.")
    if check != sha256(said)[:8]:
        raise ValueError("A character of this receipt is wrong: its last part does not fit the rest.")
    poll, commitment, salt, terms = (parts[0], *parts[2:4], None) if before else parts
    return Receipt(int(poll), commitment, salt, terms)


def find_receipt(exported: object, receipt: Receipt) -> tuple[bool, str]:
    """Whether the ballot of a receipt is in force, and what became of it in a sentence.

    It says what the export says: verify that as well. Raises ValueError as verify does.
    """
    said = checked_export(exported)
    if said["poll"]["id"] != receipt.poll:
        return False, "This receipt is from another poll."
    if receipt.terms not in (None, terms_hash(said["poll"])):
        return False, (
            "This receipt is from a poll that was opened with other words, options or rules than these: the "
            "receipt is made up, or the poll was changed."
        )
    for row in said["ballots"]:
        if receipt.salt in row["salts"] and commit(row["choice"], receipt.salt) == receipt.commitment:
            return True, (
                f"This ballot is in the counted list, unchanged: {shown(canonical(row['choice']))}."
            )
    if receipt.commitment not in commitments_of(said):
        return False, (
            "This ballot is not among those in force at the close. If you changed it or took it back after "
            "this receipt, that is why. If not, it was left out, or the receipt is made up."
        )
    if said["result"] is None:
        return True, (
            "This ballot is in the list, unchanged. So few took part that no choice is published, this one "
            "neither."
        )
    return True, (
        "This ballot is in the list, and a choice like it is counted without its salt, which its voter had "
        "erased after the close."
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
        found = [find_receipt(exported, read_receipt(asked.receipt))[1]] if asked.receipt else []
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
    title = shown(exported["poll"]["title"])
    if not checked.ok:
        told = checked.problems[:_TOLD]
        more = [f"And {len(checked.problems) - _TOLD} more."] if len(checked.problems) > _TOLD else []
        return [f"“{title}” does NOT hold together:", *told, *more]
    if exported["result"] is None:
        told = [
            f"“{title}”: the list holds together. Too few ballots were cast ({checked.in_force}), so the "
            "choices are withheld and only the list was checked.",
            f"Checked: the head stands for {counted(checked.in_force, 'ballot')}, each there once.",
            "Not checked: what was chosen, and what would have won.",
        ]
    else:
        winners = ", ".join(shown(canonical(winner)) for winner in exported["result"]["winners"])
        told = [
            f"“{title}” holds together: {counted(checked.counted, 'ballot')} counted.",
            f"Checked: {_salted(checked)}",
            f"Checked: counted again, one vote per member, {winners or 'nobody'} won and every total is as "
            "claimed.",
        ]
        if any(view is not None for view in exported["weighted"].values()):
            told.append("Not checked: the weighted shares, since nobody's stake is in the export.")
    return [
        *told,
        _compared(exported["head"], checked.compared),
        "Not checked: whether a ballot was left out or put in before the close. Each voter sees by their own "
        "receipt that theirs is here; nobody sees from any file that every ballot came from a member who "
        "exists: for that you trust whoever runs the bot.",
    ]


def _salted(checked: Verification) -> str:
    every = "the head stands for these ballots, the terms and the result; each ballot is there once"
    erased = checked.counted - checked.salted
    if not erased:
        return f"{every}, and a receipt finds it."
    return (
        f"{every}. {checked.salted} of {counted(checked.counted, 'counted ballot')} can be found by a "
        f"receipt; {counted(erased, 'voter')} had their salt erased after the close: that as many are in the "
        "list was checked, that the choice is the one they cast can't be."
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
