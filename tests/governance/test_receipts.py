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
    assert find_receipt(EXPORT, receipt(1)) == 'This ballot is in the counted list, unchanged: "a".'
    gone = "it counts no more."
    assert find_receipt(EXPORT, receipt(2)) == f"This ballot was changed by its voter, in entry 4: {gone}"
    assert find_receipt(EXPORT, receipt(3)) == f"This ballot was withdrawn by its voter, in entry 6: {gone}"
    assert find_receipt(EXPORT, replace(receipt(1), poll=8)) == "This receipt is from another poll."
    missing = find_receipt(EXPORT, replace(receipt(1), sequence=9))
    assert missing.startswith(
        "This receipt is not in the chain, which has no entry 9: the receipt is made up"
    )
    forged = find_receipt(EXPORT, replace(receipt(1), head="0" * 64))
    assert forged.startswith("This receipt is not in the chain, where entry 1 says something else")
    other_salt = find_receipt(EXPORT, replace(receipt(1), salt="f" * 32))
    assert other_salt.endswith(
        "the salt of this receipt is made up, or the ballot was left out of the count."
    )
    erased = poll_export([("b", salt(5)), ("a", salt(4)), ("a", None)])
    assert find_receipt(erased, receipt(1)).endswith("its voter had erased after the close.")


def withheld(least: int, ballots: int) -> dict[str, Any]:
    """A poll that tells something from so many ballots on, and had so many."""
    rule = {"least_ballots": least, "blocks": 20, "favour": 20, "electorate": 0, "known": 40}
    poll = {**POLL, "rule": rule}
    chain: list[Entry] = []
    for number in range(1, ballots + 1):
        chain.append(next_entry(poll, chain[-1] if chain else None, commit("a", salt(number))))
    counted = [("a", salt(number)) for number in range(1, ballots + 1)]
    return export(poll, chain, counted, result=None, weighted={"log_stake": {"a": 100}}, tie_seed=SEED)


def test_of_too_few_ballots_the_export_holds_commitments_alone() -> None:
    made = withheld(5, 4)
    assert (made["choices"], made["weighted"], made["result"]) == ([], {}, None)
    assert not any(salt(number) in json.dumps(made) for number in range(1, 5))
    got = verify(made, tally=plurality, head=made["head"])
    assert (got.ok, got.counted, got.recount, got.matched, got.in_force) == (True, 0, None, 0, 4)
    mine = Receipt(7, 2, made["chain"][1]["commitment"], salt(2), made["chain"][1]["head"])
    assert find_receipt(made, mine).startswith("This ballot is in the chain, unchanged. So few took part")


def test_nobody_can_withhold_the_choices_of_enough_ballots() -> None:
    assert verify(withheld(5, 5), tally=plurality).problems == (
        "The choices are withheld, though 5 ballots are in force and from 5 on they have to be told.",
    )
    # nor take them out of an export that was published
    taken_out = {**EXPORT, "choices": [], "weighted": {}, "result": None}
    problems = verify(taken_out, tally=plurality, head=EXPORT["head"]).problems
    assert "The final head does not follow from the chain and the outcome." in problems
    with pytest.raises(ValueError, match="The result is withheld, but choices or weighted shares are there"):
        verify({**EXPORT, "result": None}, tally=plurality)


@pytest.mark.parametrize("digits", [16, 32, 63, 64])
def test_the_beginning_of_a_head_is_compared_as_far_as_it_goes(digits: int) -> None:
    head = EXPORT["head"]
    got = verify(EXPORT, tally=plurality, head=f" `{head[:digits].upper()}…`")
    assert (got.ok, got.compared) == (True, digits)
    other = head[: digits - 1] + ("0" if head[digits - 1] != "0" else "1")
    assert verify(EXPORT, tally=plurality, head=other).problems == (
        "The final head is another one than the one you gave: this is not what was published.",
    )


@pytest.mark.parametrize("bad", ["", "abc", "0" * 15, "0" * 65, "z" * 64])
def test_what_is_no_head_is_refused_and_no_fraud(bad: str) -> None:
    with pytest.raises(ValueError, match="A head has 64 hexadecimal digits; its first 16 or more will do"):
        verify(EXPORT, tally=plurality, head=bad)


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
