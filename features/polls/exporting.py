"""The files of an export: the poll for a recount or a spreadsheet, and the script that recounts it."""

import csv
import gzip
import io
import json
from collections.abc import Mapping
from typing import Any

from governance.verifier import FILE

FORMS = ("JSON", "CSV")
PACKED_FROM = 4 * 1024 * 1024  # bytes; some 90,000 ballots with one choice
MOST = 9 * 1024 * 1024  # bytes that Discord takes, with something left for what comes along


def export_files(body: Mapping[str, Any], number: int, form: str) -> list[tuple[str, bytes]]:
    """Names and contents: what verify.py recounts, and itself; first a table, where that is asked.

    Raises ValueError for more than Discord takes.
    """
    files = [
        _packed(f"poll-{number}.json", json.dumps(body, ensure_ascii=False, indent=1).encode()),
        (FILE.name, FILE.read_bytes()),
    ]
    if form == "CSV":
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(("choice",))
        for each in body["ballots"]:
            writer.writerows([(_cell(each["choice"]),)] * len(each["salts"]))
        files.insert(0, _packed(f"poll-{number}.csv", table.getvalue().encode()))
    if sum(len(content) for _, content in files) > MOST:
        raise ValueError(
            "This poll has more ballots than fit into one message of Discord, even packed: ask the host of "
            "the bot for its export."
        )
    return files


def export_words(body: Mapping[str, Any], name: str, form: str) -> str:
    """What comes with the files, of which the JSON has this name: how anybody checks them."""
    lines = [
        "Put `verify.py` and the JSON into one folder, and run there:",
        f"```\npython verify.py {name} --head {body['head']}\n```",
        "It needs Python 3.9 or newer, nothing installed and no network. Take the head from the poll's card "
        "rather than from here: then you check what everybody was shown.",
    ]
    if body["result"] is None:
        lines.append("Too few took part, so the choices are withheld: what can be checked is the list alone.")
    elif form == "CSV":
        lines.append("The CSV has one line for each ballot, sorted by what was chosen.")
    return "\n".join(lines)


def _packed(name: str, content: bytes) -> tuple[str, bytes]:
    if len(content) < PACKED_FROM:
        return name, content
    return f"{name}.gz", gzip.compress(content, mtime=0)


def _cell(choice: Any) -> str:
    """A choice as a cell of a table that no spreadsheet takes for a formula."""
    text = choice if isinstance(choice, str) else json.dumps(choice, ensure_ascii=False)
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
