"""The files of an export: the poll for a recount or a spreadsheet, and the script that recounts it."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any, Literal

from governance.verifier import FILE

Form = Literal["JSON", "CSV"]


def export_files(body: Mapping[str, Any], number: int, form: Form) -> list[tuple[str, bytes]]:
    """Names and contents: what verify.py recounts, and itself; first a table, where that is asked."""
    files = [
        (f"poll-{number}.json", json.dumps(body, ensure_ascii=False, indent=1).encode()),
        (FILE.name, FILE.read_bytes()),
    ]
    if form == "CSV":
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(("choice",))
        writer.writerows((_cell(each["choice"]),) for each in body["choices"])
        files.insert(0, (f"poll-{number}.csv", table.getvalue().encode()))
    return files


def export_words(body: Mapping[str, Any], number: int, form: Form) -> str:
    """What comes with the files: how anybody checks them."""
    lines = [
        "Put `verify.py` and the JSON into one folder, and run there:",
        f"```\npython verify.py poll-{number}.json --head {body['head']}\n```",
        "It needs Python 3.9 or newer, nothing installed and no network. Take the head from the poll's card "
        "rather than from here: then you check what everybody was shown.",
    ]
    if body["result"] is None:
        lines.append(
            "Too few took part, so the choices are withheld: what can be checked is the chain alone."
        )
    elif form == "CSV":
        lines.append("The CSV has one line for each ballot, in no order that tells anything.")
    return "\n".join(lines)


def _cell(choice: Any) -> str:
    """A choice as a cell of a table that no spreadsheet takes for a formula."""
    text = choice if isinstance(choice, str) else json.dumps(choice, ensure_ascii=False)
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
