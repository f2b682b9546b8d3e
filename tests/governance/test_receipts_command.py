"""The command that verifies an export, and what strangers give it."""

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.export import LARGEST
from governance.receipts import main, receipt_text
from tests.governance.exported_poll import (
    EXPORT,
    holds,
    plurality,
    poll_export,
    receipt,
    salt,
    with_value,
)

ROOT = Path(__file__).parents[2]


# ---------------------------------------------------------------- the command


def run(tmp_path: Path, data: bytes, *more: str) -> int:
    file = tmp_path / "export.json"
    file.write_bytes(data)
    return main(["verify", str(file), *more], tally=plurality)


def test_the_command_tells_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.dumps(EXPORT).encode()
    assert run(tmp_path, data, "--receipt", receipt_text(receipt(4))) == 0
    said = capsys.readouterr().out
    assert said.splitlines() == [
        "“Which cap?” holds together: 3 ballots counted.",
        "Checked: each of 6 entries of the chain follows from the one before; 3 ballots are in force at its "
        "end.",
        "Checked: every counted choice fits the commitment that was made when it was cast, each to one of "
        "its own.",
        'Checked: counted again, one vote per member, "a" won and every total is as claimed.',
        "Not checked: the weighted shares, since nobody's stake is in the export.",
        "Not checked: whether this is what the server was shown. Compare this with the head on the poll's "
        f"card: {EXPORT['head']}",
        "No export can show that every ballot came from a member who exists, or that nobody was kept from "
        "voting: for that you trust whoever runs the bot.",
        'This ballot is in the counted list, unchanged: "a".',
    ]
    assert run(tmp_path, data, "--head", EXPORT["head"].upper()) == 0
    said = capsys.readouterr().out
    assert "Compare" not in said
    assert "Checked: the head is the one you gave." in said
    assert run(tmp_path, data, "--head", EXPORT["head"][:32]) == 0
    assert (
        "the first 32 digits of the head are the ones you gave; the other 32 were" in capsys.readouterr().out
    )
    assert run(tmp_path, data, "--head", "0" * 64) == 1
    assert "The final head is another one than the one you gave" in capsys.readouterr().out
    assert run(tmp_path, data, "--head", "0" * 5) == 2
    assert capsys.readouterr().err.startswith("A head has 64 hexadecimal digits")


def test_the_command_says_what_erasing_leaves_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    erased = poll_export([("b", salt(5)), ("a", salt(4)), ("a", None)])
    assert run(tmp_path, json.dumps(erased).encode()) == 0
    said = capsys.readouterr().out
    assert "Checked: 2 of 3 counted choices fit the commitment" in said
    assert "1 voter had their salt erased after the close" in said


def test_the_command_names_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = copy.deepcopy(EXPORT)
    changed["choices"][2]["choice"] = "a"
    changed["poll"]["title"] = "\x1b[2J red"
    assert run(tmp_path, json.dumps(changed).encode()) == 1
    said = capsys.readouterr().out
    assert said.startswith("“?[2J red” does NOT hold together:\n")
    assert "Choice 3 fits no ballot in force that is not counted already." in said
    for row in changed["chain"]:
        row["previous"] = row["head"] = "0" * 64
    assert run(tmp_path, json.dumps(changed).encode()) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("And ")


def spoiled(path: tuple[Any, ...], value: Any) -> bytes:
    return json.dumps(with_value(EXPORT, path, value)[1]).encode()


def without(*path: Any) -> bytes:
    changed = copy.deepcopy(EXPORT)
    inner: Any = changed
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return json.dumps(changed).encode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"x" * (LARGEST + 1), "The file is larger than 8 MB, more than the export of a poll can be."),
        (b"[" * 10**6, "The file is nested too deeply to be the export of a poll."),
        (b'{"a":' * 10**6, "The file is nested too deeply to be the export of a poll."),
        (b"", "The file is not JSON: it stops making sense in line 1."),
        (b"\xff\xfe", "The file is not text in UTF-8."),
        (b'{"a": 1, "a": 2}', "The file gives a field twice."),
        (b"[NaN]", "The file holds NaN, which is no number of JSON."),
        (b"9" * 5000, "The file holds a number with too many digits."),
        (b"1e999", "A ballot or a poll must be made of plain text, finite numbers and lists."),
        (b'"\\ud800"', "A ballot or a poll must be made of plain text, finite numbers and lists."),
        (b"[]", "The export must be an object with named fields."),
        (b"{}", "The export lacks “format”."),
        (without("poll", "method"), "The poll lacks “method”."),
        (without("chain", 2, "head"), "Entry 3 lacks “head”."),
        (without("choices", 1, "salt"), "Choice 2 lacks “salt”."),
        (spoiled(("format",), "x"), "The format of this export is not “roundtable-poll-1”."),
        (spoiled(("chain",), {}), "“chain” of the export is not of the right kind."),
        (spoiled(("chain", 0), 5), "Entry 1 must be an object with named fields."),
        (spoiled(("chain", 0, "sequence"), True), "“sequence” of entry 1 is not of the right kind."),
        (spoiled(("chain", 0, "sequence"), 0), "“sequence” of entry 1 must be between 1 and 1,000,000,000."),
        (
            spoiled(("chain", 0, "head"), "A" * 64),
            "“head” of entry 1 is not in hexadecimal digits as it should be.",
        ),
        (
            spoiled(("choices", 0, "salt"), ""),
            "“salt” of choice 1 is not in hexadecimal digits as it should be.",
        ),
        (spoiled(("poll", "options", 0), None), "The options of the poll must be texts or numbers."),
        (
            spoiled(("weighted", "log_stake"), [1]),
            "The weighted shares must be whole percents by label, or null.",
        ),
        (b'{"format": 3}', "“format” of the export is not of the right kind."),
    ],
)
def test_what_strangers_send_gets_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, sentence: str
) -> None:
    assert run(tmp_path, data) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", sentence + "\n")


def test_a_field_too_many_and_a_file_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, json.dumps({**EXPORT, "more": 1}).encode()) == 2
    assert capsys.readouterr().err == "The export has a field that the format does not know: “more”.\n"
    assert main(["verify", str(tmp_path / "none.json")]) == 2
    assert capsys.readouterr().err == "The file can't be read: No such file or directory.\n"
    assert run(tmp_path, json.dumps(EXPORT).encode(), "--receipt", "mine") == 2
    assert capsys.readouterr().err.startswith("This is no receipt")


deep = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.sampled_from([("poll",), ("chain",), ("choices",), ("result",), ("weighted",), ("chain", 0)]), deep)
def test_nothing_but_a_sentence_comes_of_other_shapes(path: tuple[Any, ...], value: Any) -> None:
    assert not holds(with_value(EXPORT, path, value)[1])
    assert not holds(value)


@pytest.mark.slow
def test_the_command_runs_as_a_module(tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    file.write_text("[]")
    done = subprocess.run(
        [sys.executable, "-m", "governance.receipts", "verify", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "The export must be an object with named fields.\n"
