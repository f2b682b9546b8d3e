"""A proposal as a form: every field at its limit, one over, empty, and everything that people paste."""

import datetime
import json
from typing import Any

import pytest
from pydantic import ValidationError

from governance.proposals.document import from_json, to_json
from governance.proposals.proposal import (
    KINDS,
    LABELS,
    Declined,
    Parameters,
    Proposal,
    read_parameters,
    read_proposal,
)
from scoring.rules import load_rules
from scoring.schemes import SCHEMES

*FIRST, LAST = SCHEMES
LEAST = {
    "title": "Cap",
    "tournament": "classic",
    "kind": "stake_cap",
    "problem": "Whales.",
    "change": "A cap.",
}
LONG = ("problem", "change", "evidence", "alternatives", "drawbacks", "wrong_if")
EXAMPLE = "weight 0.02, split 90/10 -> 0.018 and 0.002"


def refusal(**more: object) -> str:
    with pytest.raises(ValueError, match=r"[.?]$") as caught:
        read_proposal(LEAST | more)
    assert not isinstance(caught.value, ValidationError)
    return str(caught.value)


def read(**more: object) -> Proposal:
    return read_proposal(LEAST | more)


def setting(**more: object) -> Parameters:
    return read(parameters=more).parameters


# ---------------------------------------------------------------- texts


@pytest.mark.parametrize("field", ["title", *LONG])
@pytest.mark.parametrize("sign", ["x", "é", "🚀", "ש", "*"])
def test_a_text_at_its_limit_and_one_over(field: str, sign: str) -> None:
    most = 100 if field == "title" else 1000
    assert getattr(read(**{field: sign * most}), field) == sign * most
    assert refusal(**{field: sign * (most + 1)}) == (
        f"The {LABELS[field]} may have at most {most:,} characters; this one has {most + 1:,}."
    )


def test_length_counts_after_cleaning() -> None:
    assert read(title="  " + "x" * 100 + "\u200b" * 50 + "\n").title == "x" * 100
    assert len(read(evidence="e\u0301" * 1000).evidence) == 1000
    assert refusal(title="\u200bx" * 101) == "The title may have at most 100 characters; this one has 101."


@pytest.mark.parametrize("blank", ["", "   ", "\n\t", "\u200b\u200d", "\u202e", "\u3164\u2800", "\x00"])
def test_what_must_be_said_is_not_blank(blank: str) -> None:
    for field in ("title", "problem", "change"):
        assert refusal(**{field: blank}) == f"The {field} is empty."
    for field in LONG[2:]:
        assert getattr(read(**{field: blank}), field) == ""


def test_people_paste_anything() -> None:
    pasted = "@everyone <@123> **bold** ||spoiler|| [x](https://a.example) ```\n" * 10 + "שלום 🚀"
    assert read(problem=pasted).problem == pasted
    assert read(title="\u202eevil\u202c title\u2066!").title == "evil title!"
    assert read(title="a\nb").title == "a b"
    assert read(title="<script>alert(1)</script>").title == "<script>alert(1)</script>"
    bomb = "*_~`|>#" * 142
    assert read(change=bomb).change == bomb


@pytest.mark.slow
def test_megabytes_get_one_short_sentence() -> None:
    assert refusal(title="x" * 10_000_000) == (
        "The title may have at most 100 characters; this one has 10,000,000."
    )
    assert len(refusal(**{"k" * 1_000_000: 1})) < 100
    assert len(refusal(kind="k" * 1_000_000)) < 200


def test_a_name_that_is_no_text() -> None:
    with pytest.raises(ValueError, match=r"^The name of a field can't be read\.$"):
        read_proposal(LEAST | {5: 1})  # type: ignore[operator]


@pytest.mark.parametrize("data", [None, 5, ["title"], True])
def test_what_is_no_mapping_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match=r"^A proposal is an object with named fields, not "):
        read_proposal(data)


def test_all_problems_are_told_at_once() -> None:
    assert refusal(title="", kind=1) == (
        "The title is empty. "
        "The kind must be payout, stake_cap, weights, eligibility, communication or other, not 1."
    )
    assert refusal(title="", problem="", change="", kind=1, x=1).count(".") == 5
    unknown = {f"x{number}": 1 for number in range(20)}
    assert refusal(title="", **unknown).endswith(" And 9 more.")


def test_kinds_and_labels_are_complete() -> None:
    for kind in KINDS:
        assert read(kind=kind).kind == kind
    assert LABELS.keys() == Proposal.model_fields.keys() | Parameters.model_fields.keys()
    assert all(label == label.strip() and label for label in LABELS.values())
    assert set(Declined.model_fields) < set(Parameters.model_fields)


def test_a_proposal_can_be_neither_changed_nor_mistaken() -> None:
    proposal = read()
    with pytest.raises(ValidationError, match="frozen"):
        proposal.title = "other"  # type: ignore[misc]
    assert proposal == read()
    assert len({proposal, read(), read(title="other")}) == 2


# ---------------------------------------------------------------- parameters

LIMITS: list[tuple[str, Any, Any, str]] = [
    ("stake_cap", 1, 1.0001, "The stake cap must be at most 1, not 1.0001."),
    ("stake_cap", 1e-9, 0, "The stake cap must be above 0, not 0."),
    ("stake_cap_nmr", 1e9, 1.1e9, "The stake cap in NMR must be at most 1000000000, not 1100000000."),
    ("stake_cap_nmr", 0.01, -1, "The stake cap in NMR must be above 0, not -1."),
    ("min_correlation", 0, -0.1, "The gate must be at least 0, not -0.1."),
    ("min_correlation", 1, 1.1, "The gate must be at most 1, not 1.1."),
    ("effective_round", 1, 0, "The effective round must be at least 1, not 0."),
    ("effective_round", 1_000_000, 1_000_001, "The effective round must be at most 1000000, not 1000001."),
    ("notice_weeks", 1, 0, "The notice must be at least 1, not 0."),
    ("notice_weeks", 260, 261, "The notice must be at most 260, not 261."),
    ("phase_in_rounds", 2000, 2001, "The phase-in must be at most 2000, not 2001."),
    (
        "eligibility",
        "x" * 300,
        "x" * 301,
        "The eligibility may have at most 300 characters; this one has 301.",
    ),
    ("fallback", "x" * 300, "x" * 301, "The fallback may have at most 300 characters; this one has 301."),
    ("rollback", "x" * 300, "x" * 301, "The roll-back may have at most 300 characters; this one has 301."),
    (
        "rule",
        "1C".ljust(200),
        "1" * 201,
        "The payout rule may have at most 200 characters; this one has 201.",
    ),
    ("worked_examples", [EXAMPLE] * 5, [EXAMPLE] * 6, "There may be at most 5 worked examples; here are 6."),
    (
        "worked_examples",
        [],
        ["x" * 201],
        "The worked example 1 may have at most 200 characters; this one has 201.",
    ),
]


@pytest.mark.parametrize(("field", "most", "over", "sentence"), LIMITS)
def test_a_parameter_at_its_limit_and_one_over(field: str, most: Any, over: Any, sentence: str) -> None:
    assert getattr(setting(**{field: most}), field) is not None
    assert refusal(parameters={field: over}) == sentence


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("stake_cap", "1%", "The stake cap must be a number, not “1%”."),
        ("stake_cap", True, "The stake cap must be a number, not true."),
        ("stake_cap", float("nan"), "The stake cap must be a finite number, not NaN."),
        ("stake_cap", float("inf"), "The stake cap must be a finite number, not so large a number."),
        ("notice_weeks", 8.5, "The notice must be a whole number, not 8.5."),
        ("notice_weeks", "8", "The notice must be a whole number, not “8”."),
        ("notice_weeks", False, "The notice must be a whole number, not false."),
        ("effective_round", 10**40, "The effective round must be at most 1000000, not so large a number."),
        ("weights", "linear", f"The weights must be {', '.join(FIRST)} or {LAST}, not “linear”."),
        ("compensation", "none", "The compensation must be full or grandfathering, not “none”."),
        ("review_on", "soon", "Review date: A date is written like 2027-03-01, not “soon”."),
        ("review_on", "2027-02-30", "Review date: “2027-02-30” is no day of the calendar."),
        ("review_on", 20270301, "Review date: A date is written like 2027-03-01, not 20270301."),
        (
            "review_on",
            datetime.datetime(2027, 3, 1, tzinfo=datetime.UTC),
            "Review date: A date is written like",
        ),
        ("ends_on", "01/03/2027", "End date: A date is written like 2027-03-01, not “01/03/2027”."),
        (
            "worked_examples",
            EXAMPLE,
            "The worked examples must be a list, not “weight 0.02, split 90/10 - 0.…”.",
        ),
        ("worked_examples", [5], "The worked example 1 must be text, not 5."),
        ("worked_examples", ["much more"], "Worked examples: An example needs what goes in, an arrow"),
        ("worked_examples", ["weight 0.02, split 90/10 -> 0.18 and 0.002"], "0.018 and 0.002, not 0.18."),
        (
            "eligibility",
            "0.2",
            "Eligibility: The eligibility is in words; a least correlation is a gate: “gate: 0.2”.",
        ),
        ("fallback", " \u200b", "The fallback is empty."),
        ("fallback", "none, because", "Fallback: Why there is none belongs to the reasons for none."),
        ("fallback", "paid by 1xFOO", "Fallback: “FOO” is not a score I know"),
        ("rule", "1xFOO", "Payout rule: “FOO” is not a score I know"),
        ("rule", "classic-2023-10-08", "Payout rule: “classic-2023-10-08” is no rule on record"),
        (
            "rule",
            "crypto-2024-06-17",
            "Payout rule: crypto-2024-06-17 is a rule of crypto, and this is about classic.",
        ),
        ("weights_cap", 0.02, "Only weights such as “cap 2%” have a share; leave it out."),
        ("weights", "cap", "These weights need their cap: “weights: cap 2%”."),
        ("weights", "gate", "These weights need their correlation: “weights: gate 0.5”."),
        ("compensation", "grandfathering", "Grandfathering needs its number of rounds"),
        ("grandfathering_rounds", 5, "Grandfathering needs its number of rounds"),
        ("declined", [], "The reasons for none must be an object with named fields, not a list."),
        ("declined", {"notice_weeks": ""}, "The reason for no notice is empty."),
        ("declined", {"notice_weeks": "x" * 301}, "The reason for no notice may have at most 300 characters"),
        ("declined", {"rule": "no"}, "There is no field called “rule”"),
        ("ruel", "1C", "There is no field called “ruel”; did you mean “rule”?"),
    ],
)
def test_a_parameter_that_cannot_be(field: str, value: object, sentence: str) -> None:
    assert sentence in refusal(parameters={field: value})


def test_two_parameters_that_contradict_each_other() -> None:
    assert refusal(parameters={"notice_weeks": 8, "declined": {"notice_weeks": "no"}}) == (
        "The notice is both set and left out; keep one of the two."
    )
    assert refusal(parameters={"review_on": "2027-03-02", "ends_on": "2027-03-01"}) == (
        "The review date must not come after the end date."
    )
    assert setting(review_on="2027-03-01", ends_on="2027-03-01").ends_on == datetime.date(2027, 3, 1)


# ---------------------------------------------------------------- rules


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1c3t", "1xCORR + 3xTC"),
        ("0.75 corr + 2.25 mmc CLIP 5%", "0.75xCORR + 2.25xMMC clip 0.05"),
        ("threshold 72k clip .05", "clip 0.05 threshold 72000"),
        ("3corr60 + 15mmc60 clip 1 threshold none", "3xCORR60 + 15xMMC60 clip 1 threshold none"),
        (" Classic-2023-10-07 ", "classic-2023-10-07"),
        ("1C; 3T", "1xCORR + 3xTC"),
    ],
)
def test_a_rule_has_one_spelling(typed: str, kept: str) -> None:
    parameters = setting(rule=typed, fallback=f"PAID BY {typed}")
    assert (parameters.rule, parameters.fallback) == (kept, f"paid by {kept}")
    assert setting(rule=kept).rule == kept


def test_a_rule_keeps_what_equals_the_rule_in_force() -> None:
    newest = [rule for rule in load_rules() if rule.tournament == "classic" and rule.status == "effective"][
        -1
    ]
    typed = f"1xCORR clip {newest.clip:g} threshold none"
    assert newest.stake_threshold is None
    assert setting(rule=typed).rule == typed  # the same proposal in a year, whatever holds then


def test_each_rule_on_record_fits_its_tournament() -> None:
    for rule in load_rules():
        assert read_parameters({"rule": rule.id}, rule.tournament).rule == rule.id


def test_parameters_need_a_tournament() -> None:
    with pytest.raises(
        ValueError, match=r"^The tournament must be classic, signals or crypto, not “poker”\.$"
    ):
        read_parameters({}, "poker")
    with pytest.raises(ValueError, match=r"^Payout rule: “FOO”"):
        read_parameters({"rule": "FOO"}, "classic")
    # without a known tournament the rule is not read, and the tournament is what is wrong
    assert refusal(tournament="poker", parameters={"rule": "FOO"}) == (
        "The tournament must be classic, signals or crypto, not “poker”."
    )


def test_dates_come_as_dates_too() -> None:
    day = datetime.date(2027, 3, 1)
    assert setting(review_on=day) == setting(review_on=" 2027-03-01 ")
    assert json.loads(to_json(read(parameters={"review_on": day})))["parameters"] == {
        "review_on": "2027-03-01"
    }


def test_a_draft_that_says_nothing_more_is_fine() -> None:
    proposal = read()
    assert proposal.parameters == Parameters()
    assert from_json(to_json(proposal)) == proposal
