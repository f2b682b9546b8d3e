"""Everything in an export that can be tampered with."""

import copy
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from governance.commitments import canonical, commit
from governance.export import claim, export, read_export
from governance.receipts import verify
from tests.governance.exported_poll import (
    CAST,
    EXPORT,
    POLL,
    SEED,
    cast_as,
    holds,
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


@pytest.mark.parametrize("part", ["ballots", "salts", "commitments"])
@pytest.mark.parametrize("how", ["swap", "drop", "duplicate", "reverse"])
def test_reordered_dropped_or_doubled_rows_are_found(part: str, how: str) -> None:
    changed = poll_export(1, 5) if part == "commitments" else copy.deepcopy(EXPORT)
    rows = changed["ballots"][0]["salts"] if part == "salts" else changed[part]
    if how == "swap":
        rows[0], rows[1] = rows[1], rows[0]
    elif how == "drop":
        del rows[0]
    elif how == "duplicate":
        rows.insert(0, copy.deepcopy(rows[0]))
    else:
        rows.reverse()
    assert not holds(changed)


def forged(counted: Sequence[tuple[str, str | None]], erased: Sequence[str] = ()) -> Any:
    """An export whose head fits: made anew by whoever keeps the poll."""
    result = claim(plurality("single", [json.loads(choice) for choice, _ in counted], ["a", "b"]))
    return export(POLL, counted, erased, result=result, weighted={}, tie_seed=SEED)


@pytest.mark.parametrize(
    ("counted", "erased", "problem"),
    [
        (cast_as(("a", 1), ("a", 1)), [], "1 ballot is there more than once."),
        (cast_as(("a", 1)), [commit("a", salt(1))], "1 ballot is there more than once."),
        (cast_as(("a", 1)), [commit("b", salt(2))], "0 choices have no salt, but 1 ballot has no choice."),
        ([*cast_as(("a", 1)), ('"a"', None)], [], "1 choice has no salt, but 0 ballots have no choice."),
    ],
)
def test_what_a_keeper_of_the_poll_can_not_do(counted: Any, erased: Any, problem: str) -> None:
    assert problem in verify(forged(counted, erased), tally=plurality).problems


def test_a_list_made_anew_is_told_by_the_published_head_alone() -> None:
    anew = forged(cast_as(("b", 1)))
    assert verify(anew, tally=plurality).ok
    assert verify(anew, tally=plurality, head=EXPORT["head"]).problems == (
        "The head is another one than the one you gave: this is not what was published.",
    )


def test_an_erased_choice_can_not_be_swapped_for_another() -> None:
    exported = poll_export(4)
    exported["ballots"] = [{"choice": "a", "salts": [salt(1)]}, {"choice": "b", "salts": [None, salt(5)]}]
    exported["result"] = {"winners": ["b"], "totals": {"a": "1", "b": "2"}}
    assert verify(exported, tally=plurality).problems == (
        "The head does not follow from the ballots and the outcome.",
    )


def test_wrong_claims_are_named() -> None:
    def problems(**changes: Any) -> tuple[str, ...]:
        result = {"winners": ["a"], "totals": {"a": "2", "b": "1"}}
        said: dict[str, Any] = {"result": result, "weighted": {}, "tie_seed": SEED} | changes
        return verify(export(POLL, cast_as(*CAST), **said), tally=plurality).problems

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
    empty = {"winners": [], "totals": {}}
    made = export(POLL, cast_as(("x", 1)), result=empty, weighted={}, tie_seed=SEED)
    got = verify(made, tally=plurality)
    assert got.problems == ("The choices can't be counted: This ballot must name one option.",)
    assert got.recount is None
