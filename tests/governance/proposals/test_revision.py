"""What changed between two versions, and whether it matters to those who agreed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.proposals.proposal import Parameters, Proposal, read_proposal
from governance.proposals.revision import Change, Run, changes, substantive

LEAST = {
    "title": "Cap",
    "tournament": "classic",
    "kind": "stake_cap",
    "problem": "Whales.",
    "change": "A cap.",
}
SET = {"stake_cap": 0.01, "notice_weeks": 8, "declined": {"fallback": "it is small"}}


def proposal(**more: Any) -> Proposal:
    return read_proposal(LEAST | {"parameters": SET} | more)


def test_nothing_changed() -> None:
    assert changes(proposal(), proposal()) == ()
    assert not substantive(())


def test_words_that_went_and_came() -> None:
    (change,) = changes(
        proposal(change="A cap of 1% for each account."), proposal(change="A cap of 2%, for all.")
    )
    assert (change.field, change.before, change.after) == (
        "change",
        "A cap of 1% for each account.",
        "A cap of 2%, for all.",
    )
    assert change.runs == (
        Run("same", "A cap of "),
        Run("removed", "1"),
        Run("added", "2"),
        Run("same", "%"),
        Run("added", ","),
        Run("same", " for "),
        Run("removed", "each account"),
        Run("added", "all"),
        Run("same", "."),
    )


def test_what_is_said_for_the_first_time_or_no_longer() -> None:
    assert changes(proposal(), proposal(evidence="New.")) == (
        Change("evidence", "", "New.", (Run("added", "New."),)),
    )
    assert changes(proposal(evidence="Old."), proposal()) == (
        Change("evidence", "Old.", "", (Run("removed", "Old."),)),
    )


def test_parameters_read_as_people_type_them() -> None:
    more = {"stake_cap": 0.02, "declined": {"notice_weeks": "urgent"}, "rule": "1C3T"}
    got = changes(proposal(), proposal(parameters=more))
    assert [(change.field, change.before, change.after) for change in got] == [
        ("cap", "1%", "2%"),
        ("fallback", "none, because it is small", ""),
        ("notice", "8 weeks", "none, because urgent"),
        ("rule", "", "1xCORR + 3xTC"),
    ]


@pytest.mark.parametrize("field", ["title", "problem", "evidence", "alternatives", "drawbacks", "wrong_if"])
def test_words_around_the_change_are_editorial(field: str) -> None:
    changed = changes(proposal(), proposal(**{field: "Better words."}))
    assert [change.field for change in changed] == [field]
    assert not substantive(changed)


@pytest.mark.parametrize(
    ("field", "value"), [("change", "A bigger cap."), ("kind", "other"), ("tournament", "crypto")]
)
def test_another_change_is_substantive(field: str, value: str) -> None:
    assert substantive(changes(proposal(), proposal(**{field: value, "title": "Kap"})))


OTHER: dict[str, dict[str, Any]] = {
    "rule": {"rule": "1C"},
    "stake_cap": {"stake_cap": 0.02},
    "stake_cap_nmr": {"stake_cap_nmr": 1},
    "weights": {"weights": "sqrt"},
    "weights_cap": {"weights": "cap", "weights_cap": 0.1},
    "min_correlation": {"min_correlation": 0},
    "eligibility": {"eligibility": "a"},
    "fallback": {"fallback": "a", "declined": {}},
    "effective_round": {"effective_round": 1},
    "notice_weeks": {"notice_weeks": 9},
    "phase_in_rounds": {"phase_in_rounds": 1},
    "review_on": {"review_on": "2027-01-01"},
    "ends_on": {"ends_on": "2027-01-01"},
    "compensation": {"compensation": "full"},
    "grandfathering_rounds": {"compensation": "grandfathering", "grandfathering_rounds": 1},
    "rollback": {"rollback": "a"},
    "worked_examples": {"worked_examples": ["weight 1, split 100 -> 1"]},
    "declined": {"declined": {"fallback": "it is tiny"}},
}


@pytest.mark.parametrize("field", list(Parameters.model_fields))
def test_every_parameter_shows_and_is_substantive(field: str) -> None:
    changed = changes(proposal(), proposal(parameters=SET | OTHER[field]))
    assert len(changed) == 1
    assert substantive(changed)


texts = st.text(alphabet="ab .,\n\u00e9🚀", max_size=60)


@given(texts, texts)
def test_runs_add_up_to_both_versions(before: str, after: str) -> None:
    old, new = proposal(evidence=before), proposal(evidence=after)
    found = changes(old, new)
    assert bool(found) == (old.evidence != new.evidence)
    for change in found:
        for whole, kind in ((change.before, "removed"), (change.after, "added")):
            assert "".join(run.text for run in change.runs if run.kind in ("same", kind)) == whole
        assert all(run.text for run in change.runs)
        assert all(
            one.kind != next_one.kind for one, next_one in zip(change.runs, change.runs[1:], strict=False)
        )
    assert {change.field for change in changes(new, old)} == {change.field for change in found}


def test_long_texts_without_anything_in_common() -> None:
    (change,) = changes(proposal(evidence="a." * 500), proposal(evidence="b," * 500))
    assert [run.kind for run in change.runs] == ["removed", "added"]


def test_a_word_in_a_long_text_is_still_found() -> None:
    words = [f"word{index % 7}" for index in range(120)]
    (change,) = changes(
        proposal(evidence=" ".join(words)), proposal(evidence=" ".join([*words[:60], "new", *words[60:]]))
    )
    assert [run for run in change.runs if run.kind != "same"] == [Run("added", "new ")]


def test_repetitions_without_end_are_compared_at_once() -> None:
    (change,) = changes(proposal(evidence="." * 1000), proposal(evidence=".," * 500))
    assert change.after == ".," * 500
