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
        "Checked: the head stands for these ballots, the terms and the result; each ballot is there once, "
        "and a receipt finds it.",
        'Checked: counted again, one vote per member, "a" won and every total is as claimed.',
        "Not checked: the weighted shares, since nobody's stake is in the export.",
        "Not checked: whether this is what the server was shown. Compare this with the head on the poll's "
        f"card: {EXPORT['head']}",
        "Not checked: whether a ballot was left out or put in before the close. Each voter sees by their own "
        "receipt that theirs is here; nobody sees from any file that every ballot came from a member who "
        "exists: for that you trust whoever runs the bot.",
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
    assert "The head is another one than the one you gave" in capsys.readouterr().out
    assert run(tmp_path, data, "--head", "0" * 5) == 2
    assert capsys.readouterr().err.startswith("A head has 64 hexadecimal digits")


def test_the_command_says_what_erasing_leaves_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, json.dumps(poll_export(1)).encode()) == 0
    said = capsys.readouterr().out
    assert "2 of 3 counted ballots can be found by a receipt" in said
    assert "1 voter had their salt erased after the close" in said


def test_the_command_names_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = copy.deepcopy(EXPORT)
    changed["ballots"][1]["choice"] = "a"
    changed["poll"]["title"] = "\x1b[2J red"
    assert run(tmp_path, json.dumps(changed).encode()) == 1
    said = capsys.readouterr().out
    assert said.startswith("“?[2J red” does NOT hold together:\n")
    assert "The ballots are not in the order of the format." in said
    changed["weighted"] = {f"{number}": {"a": 53} for number in range(9)}
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
        (without("ballots", 1, "salts"), "Choice 2 lacks “salts”."),
        (spoiled(("format",), "x"), "The format of this export is not “roundtable-poll-2”."),
        (spoiled(("ballots",), {}), "“ballots” of the export is not of the right kind."),
        (spoiled(("ballots", 0), 5), "Choice 1 must be an object with named fields."),
        (spoiled(("poll", "id"), True), "“id” of the poll is not of the right kind."),
        (spoiled(("poll", "id"), 0), "“id” of the poll must be between 1 and 1,000,000,000."),
        (spoiled(("head",), "A" * 64), "“head” must be 64 hexadecimal digits."),
        (spoiled(("commitments",), ["A" * 64]), "The commitments must be 64 hexadecimal digits each."),
        *(
            (
                spoiled(("ballots", 0, "salts"), bad),
                "The salts of choice 1 must be 32 hexadecimal digits each, or null.",
            )
            for bad in ([], [""], [7])
        ),
        (
            spoiled(("poll", "options", 0), None),
            "The options of the poll must be at most 25 texts or numbers.",
        ),
        (
            spoiled(("poll", "options"), [f"{n}" for n in range(2000)]),
            "The options of the poll must be at most 25 texts or numbers.",
        ),
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


@pytest.mark.slow
def test_a_file_that_is_too_large_is_refused_before_it_is_parsed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, b"x" * (LARGEST + 1)) == 2
    told = "The file holds more than 64 MB, more than the export of a poll can be.\n"
    assert capsys.readouterr().err == told


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
@given(
    st.sampled_from([("poll",), ("commitments",), ("ballots",), ("result",), ("weighted",), ("ballots", 0)]),
    deep,
)
def test_nothing_but_a_sentence_comes_of_other_shapes(path: tuple[Any, ...], value: Any) -> None:
    before, changed = with_value(EXPORT, path, value)
    assert before == value or not holds(changed)
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
