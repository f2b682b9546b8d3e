"""Exports that hold together, by hand, and the receipts of voters."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from governance.chain import Entry, append, canonical, commit, new_salt, start
from governance.export import claim, export
from governance.receipts import Receipt, find_receipt, read_receipt, receipt_text, verify
from tests.governance.exported_poll import (
    EXPORT,
    POLL,
    SEED,
    holds,
    next_entry,
    plurality,
    poll_export,
    receipt,
    salt,
)

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


@pytest.mark.slow
def test_twenty_thousand_ballots_hold_together() -> None:
    chain: list[Entry] = []
    counted: list[tuple[str, str | None]] = []
    for number in range(1, 20_001):
        choice = "ab"[number % 3 == 0]
        chain.append(next_entry(POLL, chain[-1] if chain else None, commit(choice, salt(number))))
        counted.append((choice, salt(number)))
    result = claim(plurality("single", [choice for choice, _ in counted], ["a", "b"]))
    made = export(POLL, chain, counted, result=result, weighted={}, tie_seed=SEED)
    got = verify(made, tally=plurality)
    assert (got.ok, got.counted, got.matched) == (True, 20_000, 20_000)
