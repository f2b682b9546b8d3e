"""Exports that hold together, by hand, and the receipts of voters."""

import gzip
import hashlib
import itertools
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from governance.commitments import canonical, commit, new_salt, terms_hash
from governance.export import LARGEST, claim, export, read_export
from governance.receipts import Receipt, find_receipt, read_receipt, receipt_text, verify
from tests.governance.exported_poll import (
    CAST,
    EXPORT,
    POLL,
    SEED,
    cast_as,
    holds,
    plurality,
    poll_export,
    receipt,
    salt,
)

# ---------------------------------------------------------------- by hand


def test_hashes_by_hand() -> None:
    text = '{"b":null,"é":[1,"b"]}' + salt(3)
    assert commit({"é": [1, "b"], "b": None}, salt(3)) == hashlib.sha256(text.encode()).hexdigest()
    opened = {key: value for key, value in POLL.items() if key != "closed"}
    terms = hashlib.sha256(canonical(opened).encode()).hexdigest()
    assert terms_hash(POLL) == terms == terms_hash({**POLL, "closed": "later"})
    commitments = sorted(
        hashlib.sha256(f'"{choice}"{salt(number)}'.encode()).hexdigest() for choice, number in CAST
    )
    settled = {
        "terms": terms,
        "closed": POLL["closed"],
        "choices": [["a", 2], ["b", 1]],
        "commitments": commitments,
        **{name: EXPORT[name] for name in ("tie_seed", "result", "weighted")},
    }
    assert EXPORT["head"] == hashlib.sha256(canonical(settled).encode()).hexdigest()


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
    assert (got.ok, got.problems, got.counted, got.salted, got.in_force) == (True, (), 3, 3, 3)
    assert got.recount == {"winners": ["a"], "totals": {"a": "2", "b": "1"}}
    assert EXPORT["ballots"] == [
        {"choice": "a", "salts": [salt(1), salt(4)]},
        {"choice": "b", "salts": [salt(5)]},
    ]
    assert EXPORT["commitments"] == []


def test_an_export_names_nobody_and_no_order() -> None:
    assert not any(word in json.dumps(EXPORT) for word in ("member", "voter", "sequence", "cast_at"))
    shuffled = [cast_as(*order) for order in itertools.permutations(CAST)]
    said = {name: EXPORT[name] for name in ("result", "weighted", "tie_seed")}
    assert all(export(POLL, each, **said) == EXPORT for each in shuffled)


def test_a_poll_without_ballots() -> None:
    empty = export(POLL, [], result={"winners": ["a", "b"], "totals": {"a": "0", "b": "0"}}, weighted={})
    empty["tie_seed"] = SEED
    assert not holds(empty)  # the seed is part of what the head stands for
    result = {"winners": ["a", "b"], "totals": {"a": "0", "b": "0"}}
    assert holds(export(POLL, [], result=result, weighted={}, tie_seed=SEED))


def test_erasing_after_the_close_leaves_the_choice_the_list_and_the_head() -> None:
    for erased in ((1,), (4, 5), (1, 4, 5)):
        made = poll_export(*erased)
        got = verify(made, head=EXPORT["head"], tally=plurality)
        assert (got.ok, got.counted, got.salted, got.in_force) == (True, 3, 3 - len(erased), 3)
        assert not any(salt(number) in json.dumps(made) for number in erased)


hexes = st.text("0123456789abcdef", min_size=64, max_size=64)
ids = st.integers(1, 10**12)


@given(st.builds(Receipt, ids, hexes, hexes.map(lambda text: text[:32]), hexes))
def test_a_receipt_is_read_back(said: Receipt) -> None:
    text = receipt_text(said)
    assert read_receipt(text) == said
    assert read_receipt(f"```\n{text[:80]}\n{text[80:]} ```") == said
    assert len(text) < 220


@given(st.integers(0, 200), st.sampled_from("0123456789abcdef:x"))
def test_a_mistyped_receipt_is_refused(place: int, letter: str) -> None:
    text = receipt_text(receipt(1))
    assume(place < len(text) and text[place] != letter)
    with pytest.raises(ValueError, match="receipt"):
        read_receipt(text[:place] + letter + text[place + 1 :])


@pytest.mark.parametrize(
    "bad", ["", ":::::::", "hello", "roundtable-receipt-2:0:a:b:c:d", "roundtable-receipt-1:7:1"]
)
def test_other_texts_are_no_receipts(bad: str) -> None:
    with pytest.raises(ValueError, match="This is no receipt: one begins with"):
        read_receipt(bad)


def test_a_receipt_of_the_first_kind_still_finds_its_ballot() -> None:
    said = f"roundtable-receipt-1:7:3:{commit('a', salt(4))}:{salt(4)}:{'c' * 64}"
    old = read_receipt(f"{said}:{hashlib.sha256(said.encode()).hexdigest()[:8]}")
    assert old == replace(receipt(4), terms=None)
    assert find_receipt(EXPORT, old) == find_receipt(EXPORT, receipt(4))


def test_what_became_of_a_ballot() -> None:
    assert find_receipt(EXPORT, receipt(1)) == (True, 'This ballot is in the counted list, unchanged: "a".')
    changed_or_left_out = (
        False,
        "This ballot is not among those in force at the close. If you changed it or took it back after this "
        "receipt, that is why. If not, it was left out, or the receipt is made up.",
    )
    for other in (receipt(2), receipt(1, "b"), replace(receipt(1), commitment="0" * 64)):
        assert find_receipt(EXPORT, other) == changed_or_left_out
    assert find_receipt(EXPORT, replace(receipt(1), poll=8)) == (False, "This receipt is from another poll.")
    found, told = find_receipt({**EXPORT, "poll": {**POLL, "options": ["b", "a"]}}, receipt(1))
    assert not found
    assert told.startswith("This receipt is from a poll that was opened with other words, options or rules")
    found, told = find_receipt(poll_export(1), receipt(1))
    assert found
    assert told.endswith("its voter had erased after the close.")


def withheld(least: int, ballots: int) -> dict[str, Any]:
    """A poll that tells something from so many ballots on, and had so many."""
    rule = {"least_ballots": least, "blocks": 20, "favour": 20, "electorate": 0, "known": 40}
    counted = cast_as(*(("a", number) for number in range(1, ballots + 1)))
    weighted = {"log_stake": {"a": 100}}
    return export({**POLL, "rule": rule}, counted, result=None, weighted=weighted, tie_seed=SEED)


def test_of_too_few_ballots_the_export_holds_commitments_alone() -> None:
    made = withheld(5, 4)
    assert (made["ballots"], made["weighted"], made["result"]) == ([], {}, None)
    assert made["commitments"] == sorted(commit("a", salt(number)) for number in range(1, 5))
    assert not any(salt(number) in json.dumps(made) for number in range(1, 5))
    got = verify(made, tally=plurality, head=made["head"])
    assert (got.ok, got.counted, got.recount, got.salted, got.in_force) == (True, 0, None, 0, 4)
    mine = replace(receipt(2), terms=terms_hash(made["poll"]))
    found, told = find_receipt(made, mine)
    assert found
    assert told.startswith("This ballot is in the list, unchanged. So few took part")


def test_nobody_can_withhold_the_choices_of_enough_ballots() -> None:
    assert verify(withheld(5, 5), tally=plurality).problems == (
        "The choices are withheld, though 5 ballots are in force and from 5 on they have to be told.",
    )
    # nor take them out of an export that was published
    taken_out = {**EXPORT, "ballots": [], "weighted": {}, "result": None}
    problems = verify(taken_out, tally=plurality, head=EXPORT["head"]).problems
    assert "The head does not follow from the ballots and the outcome." in problems
    with pytest.raises(ValueError, match="The result is withheld, but ballots or weighted shares are there"):
        verify({**EXPORT, "result": None}, tally=plurality)


@pytest.mark.parametrize("digits", [16, 32, 63, 64])
def test_the_beginning_of_a_head_is_compared_as_far_as_it_goes(digits: int) -> None:
    head = EXPORT["head"]
    got = verify(EXPORT, tally=plurality, head=f" `{head[:digits].upper()}…`")
    assert (got.ok, got.compared) == (True, digits)
    other = head[: digits - 1] + ("0" if head[digits - 1] != "0" else "1")
    assert verify(EXPORT, tally=plurality, head=other).problems == (
        "The head is another one than the one you gave: this is not what was published.",
    )


@pytest.mark.parametrize("bad", ["", "abc", "0" * 15, "0" * 65, "z" * 64])
def test_what_is_no_head_is_refused_and_no_fraud(bad: str) -> None:
    with pytest.raises(ValueError, match="A head has 64 hexadecimal digits; its first 16 or more will do"):
        verify(EXPORT, tally=plurality, head=bad)


@pytest.mark.slow
def test_a_hundred_thousand_ballots_hold_together_packed_and_unpacked() -> None:
    counted = cast_as(*(("ab"[number % 3 == 0], number) for number in range(1, 100_001)))
    result = claim(plurality("single", [json.loads(choice) for choice, _ in counted], ["a", "b"]))
    made = export(POLL, counted, result=result, weighted={}, tie_seed=SEED)
    packed = gzip.compress(json.dumps(made, indent=1).encode())
    got = verify(read_export(packed), tally=plurality, head=made["head"])
    assert (got.ok, got.counted, got.salted) == (True, 100_000, 100_000)


@pytest.mark.slow
def test_what_is_packed_is_unpacked_no_further_than_a_file_may_be() -> None:
    bomb = gzip.compress(b" " * (LARGEST + 2))
    assert len(bomb) < LARGEST // 500
    with pytest.raises(ValueError, match="The file holds more than 64 MB"):
        read_export(bomb)
    with pytest.raises(ValueError, match="can't be unpacked"):
        read_export(bomb[:100])
