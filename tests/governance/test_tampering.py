"""Everything in an export that can be tampered with."""

import copy
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from governance.chain import canonical, commit
from governance.export import claim, export, read_export
from governance.receipts import verify
from tests.governance.exported_poll import (
    EXPORT,
    POLL,
    SEED,
    STEPS,
    chain_of,
    holds,
    next_entry,
    plurality,
    poll_export,
    salt,
    with_value,
)

# ---------------------------------------------------------------- tampering


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where the single values of an export are."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return [found for key, inner in items for found in places(inner, (*path, key))]
    return [path]


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 9),
    st.floats(),
    st.sampled_from(["a", "b", "", salt(1)]),
    st.text(),
)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.sampled_from(places(EXPORT)), values)
def test_any_other_value_anywhere_is_found(path: tuple[Any, ...], value: Any) -> None:
    before, changed = with_value(EXPORT, path, value)
    assume(json.dumps(before) != json.dumps(value))
    assume(path[-1] != "salt" or value is not None)  # whoever likes may erase theirs
    assert not holds(changed)


@pytest.mark.slow
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
        (
            [("a", None), ("b", None)],
            [("a", salt(1))],
            "0 choices have no salt, but 1 ballot in force has",
        ),
        (
            [("a", None)],
            [("a", salt(1)), ("a", None)],
            "1 choice has no salt, but 0 ballots in force have",
        ),
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
        "The final head is another one than the one you gave: this is not what was published.",
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
