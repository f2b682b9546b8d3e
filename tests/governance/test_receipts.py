"""Receipts and exports: hashes by hand, everything that can be tampered with, and what strangers send."""

import copy
import hashlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from governance.chain import Entry, append, canonical, commit, new_salt, next_entry, start
from governance.export import LARGEST, claim, export, read_export
from governance.receipts import Receipt, find_receipt, main, read_receipt, receipt_text, verify

ROOT = Path(__file__).parents[2]
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


# ---------------------------------------------------------------- by hand


def test_hashes_by_hand() -> None:
    text = '{"b":null,"é":[1,"b"]}' + salt(3)
    assert commit({"é": [1, "b"], "b": None}, salt(3)) == hashlib.sha256(text.encode()).hexdigest()
    head = hashlib.sha256(b"h\nc\n0").hexdigest()
    assert append("h", "c") == head
    assert append(head, None, replaces=1) == hashlib.sha256(f"{head}\nwithdrawn\n1".encode()).hexdigest()
    opened = {key: value for key, value in POLL.items() if key != "closed"}
    assert start(POLL) == hashlib.sha256(canonical(opened).encode()).hexdigest()
    assert start({**POLL, "closed": "later"}) == start(POLL)


def test_what_json_spells_differently_is_another_ballot() -> None:
    assert len({commit(value, salt(1)) for value in (1, 1.0, True, "1", [1], None)}) == 6
    assert len({new_salt() for _ in range(100)}) == 100
    assert commit("a", new_salt())


@pytest.mark.parametrize("bad", ["", "0" * 31, "0" * 33, "g" * 32, "A" * 32, "0" * 32 + "\n"])
def test_a_salt_must_be_one(bad: str) -> None:
    with pytest.raises(ValueError, match="32 hexadecimal digits"):
        commit("a", bad)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), {1, 2}, "\ud800", [object()]])
def test_a_ballot_must_be_json(bad: Any) -> None:
    with pytest.raises(ValueError, match="plain text, finite numbers and lists"):
        commit(bad, salt(1))


def test_what_holds_together() -> None:
    got = verify(EXPORT, tally=plurality, head=EXPORT["head"])
    assert (got.ok, got.problems, got.counted, got.matched) == (True, (), 3, 3)
    assert got.recount == {"winners": ["a"], "totals": {"a": "2", "b": "1"}}
    assert [row["choice"] for row in EXPORT["choices"]] == ["a", "a", "b"]
    assert [row["replaces"] for row in EXPORT["chain"]] == [None, None, None, 2, None, 3]


def test_an_export_names_nobody_and_not_what_was_changed_or_withdrawn() -> None:
    text = json.dumps(EXPORT)
    for number in (2, 3):
        assert salt(number) not in text
    assert not any("member" in key or "voter" in key for row in EXPORT["chain"] for key in row)


def test_a_poll_without_ballots() -> None:
    empty = export(POLL, [], [], result={"winners": ["a", "b"], "totals": {"a": "0", "b": "0"}}, weighted={})
    empty["tie_seed"] = SEED
    assert not holds(empty)  # the seed is part of what the head stands for
    result = {"winners": ["a", "b"], "totals": {"a": "0", "b": "0"}}
    assert holds(export(POLL, [], [], result=result, weighted={}, tie_seed=SEED))


def test_erasing_after_the_close_leaves_the_choice_the_chain_and_the_head() -> None:
    for erased in ({1}, {4, 5}, {1, 4, 5}):
        counted = [(c, None if n in erased else salt(n)) for c, n in (("b", 5), ("a", 1), ("a", 4))]
        got = verify(poll_export(counted), head=EXPORT["head"], tally=plurality)
        assert (got.ok, got.counted, got.matched) == (True, 3, 3 - len(erased))


# ---------------------------------------------------------------- tampering


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where the single values of an export are."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return [found for key, inner in items for found in places(inner, (*path, key))]
    return [path]


def with_value(exported: dict[str, Any], path: tuple[Any, ...], value: Any) -> tuple[Any, dict[str, Any]]:
    changed = copy.deepcopy(exported)
    inner: Any = changed
    for key in path[:-1]:
        inner = inner[key]
    before, inner[path[-1]] = inner[path[-1]], value
    return before, changed


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 9),
    st.floats(),
    st.sampled_from(["a", "b", "", salt(1)]),
    st.text(),
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(places(EXPORT)), values)
def test_any_other_value_anywhere_is_found(path: tuple[Any, ...], value: Any) -> None:
    before, changed = with_value(EXPORT, path, value)
    assume(json.dumps(before) != json.dumps(value))
    assume(path[-1] != "salt" or value is not None)  # whoever likes may erase theirs
    assert not holds(changed)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_other_letter_in_the_file_is_found(data: st.DataObject) -> None:
    text = canonical(EXPORT)
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.one_of(st.sampled_from('0123456789abcdef",:[]{}'), st.characters(codec="utf-8")))
    changed = (text[:place] + letter + text[place + 1 :]).encode()
    try:
        read = read_export(changed)
    except ValueError:
        return
    assume(read != EXPORT)
    assert not holds(read)


@pytest.mark.parametrize("part", ["chain", "choices"])
@pytest.mark.parametrize("how", ["swap", "drop", "duplicate", "reverse"])
def test_reordered_dropped_or_doubled_rows_are_found(part: str, how: str) -> None:
    for place in range(len(EXPORT[part]) - 1):
        changed = copy.deepcopy(EXPORT)
        rows = changed[part]
        if how == "swap":
            rows[place], rows[place + 1] = rows[place + 1], rows[place]
        elif how == "drop":
            del rows[place]
        elif how == "duplicate":
            rows.insert(place, copy.deepcopy(rows[place]))
        else:
            rows.reverse()
        assert not holds(changed)


def forged(steps: Sequence[tuple[str | None, int | None]], counted: Sequence[tuple[str, str | None]]) -> Any:
    """An export whose every link fits: made anew from the start by whoever keeps the poll."""
    result = claim(plurality("single", [choice for choice, _ in counted], ["a", "b"]))
    return export(POLL, chain_of(steps), counted, result=result, weighted={}, tie_seed=SEED)


@pytest.mark.parametrize(
    ("steps", "counted", "problem"),
    [
        (
            [("a", None), ("b", 1), ("b", 1)],
            [("b", salt(2)), ("b", salt(3))],
            "Entry 3 replaces a ballot that",
        ),
        ([("a", None), (None, 1), ("b", 1)], [("b", salt(3))], "Entry 3 replaces a ballot that"),
        ([("a", None), (None, 1), (None, 2)], [], "Entry 3 replaces a ballot that"),
        ([("a", 1)], [("a", salt(1))], "Entry 1 replaces a ballot that"),
        ([("a", None), (None, None)], [("a", salt(1))], "Entry 2 withdraws nothing"),
        ([("a", None)], [("b", salt(1))], "Choice 1 fits no ballot in force"),
        ([("a", None)], [("a", salt(1)), ("a", salt(1))], "Choice 2 fits no ballot in force"),
        ([("a", None), ("b", 1)], [("a", salt(1)), ("b", salt(2))], "Choice 1 fits no ballot in force"),
        ([("a", None), ("b", None)], [("a", salt(1))], "0 choices have no salt, but 1 ballots"),
        ([("a", None)], [("a", salt(1)), ("a", None)], "1 choices have no salt, but 0 ballots"),
    ],
)
def test_what_a_keeper_of_the_poll_can_not_do(steps: Any, counted: Any, problem: str) -> None:
    got = verify(forged(steps, counted), tally=plurality)
    assert not got.ok
    assert any(told.startswith(problem) for told in got.problems), got.problems


def test_a_commitment_counts_once_however_often_it_is_in_the_chain() -> None:
    first = next_entry(POLL, None, commit("a", salt(1)))
    chain = [first, next_entry(POLL, first, first.commitment)]
    made = export(POLL, chain, [("a", salt(1))], result={"winners": ["a"], "totals": {}}, weighted={})
    assert "Entry 2 repeats an earlier commitment." in verify(made, tally=plurality).problems


def test_a_chain_made_anew_is_told_by_the_published_head_alone() -> None:
    anew = forged([("b", None)], [("b", salt(1))])
    assert verify(anew, tally=plurality).ok
    assert verify(anew, tally=plurality, head=EXPORT["head"]).problems == (
        "The final head is not the one that was published.",
    )


def test_an_erased_choice_can_not_be_swapped_for_another() -> None:
    exported = poll_export([("b", salt(5)), ("a", None), ("a", salt(1))])
    exported["choices"][0]["choice"] = "b"
    exported["choices"].sort(key=lambda row: (row["choice"], row["salt"] or ""))
    exported["result"] = {"winners": ["b"], "totals": {"a": "1", "b": "2"}}
    assert verify(exported, tally=plurality).problems == (
        "The final head does not follow from the chain and the outcome.",
    )


def test_wrong_claims_are_named() -> None:
    def problems(**changes: Any) -> tuple[str, ...]:
        counted = [("b", salt(5)), ("a", salt(4)), ("a", salt(1))]
        result = {"winners": ["a"], "totals": {"a": "2", "b": "1"}}
        said: dict[str, Any] = {"result": result, "weighted": {}, "tie_seed": SEED} | changes
        return verify(export(POLL, chain_of(STEPS), counted, **said), tally=plurality).problems

    assert problems() == ()
    assert problems(result={"winners": ["b"], "totals": {"a": "2", "b": "1"}}) == (
        "Counting the choices again gives another result than the one that is claimed.",
    )
    assert problems(weighted={"log_stake": {"a": 53}}) == (
        "The weighted shares of log_stake are not in steps of 5 points.",
    )
    seed = ("The tie seed is not the one that was committed to.",)
    assert problems(tie_seed=None) == seed == problems(tie_seed="another")


def test_choices_that_can_not_be_counted() -> None:
    steps, counted = [("x", None)], [("x", salt(1))]
    made = export(
        POLL, chain_of(steps), counted, result={"winners": [], "totals": {}}, weighted={}, tie_seed=SEED
    )
    got = verify(made, tally=plurality)
    assert got.problems == ("The choices can't be counted: This ballot must name one option.",)
    assert got.recount is None


# ---------------------------------------------------------------- receipts


def receipt(number: int) -> Receipt:
    entry = chain_of(STEPS)[number - 1]
    assert entry.commitment is not None
    return Receipt(7, number, entry.commitment, salt(number), entry.head)


hexes = st.text("0123456789abcdef", min_size=64, max_size=64)
ids = st.integers(1, 10**12)


@given(st.builds(Receipt, ids, ids, hexes, hexes.map(lambda text: text[:32]), hexes))
def test_a_receipt_is_read_back(said: Receipt) -> None:
    text = receipt_text(said)
    assert read_receipt(text) == said
    assert read_receipt(f"```\n{text[:80]}\n{text[80:]} ```") == said
    assert len(text) < 250


@given(st.integers(0, 230), st.sampled_from("0123456789abcdef:x"))
def test_a_mistyped_receipt_is_refused(place: int, letter: str) -> None:
    text = receipt_text(receipt(1))
    assume(place < len(text) and text[place] != letter)
    with pytest.raises(ValueError, match="receipt"):
        read_receipt(text[:place] + letter + text[place + 1 :])


@pytest.mark.parametrize("bad", ["", ":::::::", "hello", "roundtable-receipt-1:0:1:a:b:c:d"])
def test_other_texts_are_no_receipts(bad: str) -> None:
    with pytest.raises(ValueError, match="This is no receipt: one begins with"):
        read_receipt(bad)


def test_what_became_of_a_ballot() -> None:
    assert find_receipt(EXPORT, receipt(1)) == 'This ballot was counted: "a".'
    assert find_receipt(EXPORT, receipt(2)) == "This ballot was changed by entry 4."
    assert find_receipt(EXPORT, receipt(3)) == "This ballot was withdrawn by entry 6."
    assert find_receipt(EXPORT, replace(receipt(1), poll=8)) == "This receipt is from another poll."
    for other in (replace(receipt(1), sequence=9), replace(receipt(1), head="0" * 64)):
        assert find_receipt(EXPORT, other).startswith("This receipt is not in the chain")
    erased = poll_export([("b", salt(5)), ("a", salt(4)), ("a", None)])
    assert find_receipt(erased, receipt(1)).startswith("This ballot is in force, but no counted choice")


# ---------------------------------------------------------------- the command


def run(tmp_path: Path, data: bytes, *more: str) -> int:
    file = tmp_path / "export.json"
    file.write_bytes(data)
    return main(["verify", str(file), *more], tally=plurality)


def test_the_command_tells_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.dumps(EXPORT).encode()
    assert run(tmp_path, data, "--receipt", receipt_text(receipt(4))) == 0
    said = capsys.readouterr().out
    assert "“Which cap?” holds together: 3 ballots counted, 6 entries." in said
    assert f"Compare this with the head in the poll's message: {EXPORT['head']}" in said
    assert said.endswith('This ballot was counted: "a".\n')
    assert run(tmp_path, data, "--head", EXPORT["head"].upper()) == 0
    assert "Compare" not in capsys.readouterr().out
    assert run(tmp_path, data, "--head", "0" * 64) == 1
    assert "The final head is not the one that was published." in capsys.readouterr().out


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


@pytest.mark.slow
def test_a_hundred_thousand_ballots_hold_together() -> None:
    chain: list[Entry] = []
    counted: list[tuple[str, str | None]] = []
    for number in range(1, 100_001):
        choice = "ab"[number % 3 == 0]
        chain.append(next_entry(POLL, chain[-1] if chain else None, commit(choice, salt(number))))
        counted.append((choice, salt(number)))
    result = claim(plurality("single", [choice for choice, _ in counted], ["a", "b"]))
    made = export(POLL, chain, counted, result=result, weighted={}, tie_seed=SEED)
    got = verify(made, tally=plurality)
    assert (got.ok, got.counted, got.matched) == (True, 100_000, 100_000)
