"""What a proposal lacks before a vote, finding by finding."""

import datetime
from typing import Any

import pytest

from governance.proposals.lint import Finding, lint
from governance.proposals.proposal import Declined, read_proposal
from scoring.rules import load_rules, rule_in_force

TODAY = datetime.date(2026, 11, 22)
READY: dict[str, Any] = {
    "title": "Cap",
    "tournament": "classic",
    "kind": "other",
    "problem": "Whales.",
    "change": "A cap.",
    "evidence": "e",
    "alternatives": "a",
    "drawbacks": "d",
    "wrong_if": "w",
}
TERMS: dict[str, Any] = {
    "notice_weeks": 8,
    "phase_in_rounds": 10,
    "fallback": "paid by 1xCORR",
    "review_on": "2027-03-01",
    "compensation": "full",
}


def findings(
    parameters: dict[str, Any] | None = None, *, today: datetime.date = TODAY, **more: Any
) -> list[Finding]:
    current_round = more.pop("current_round", None)
    proposal = read_proposal(READY | more | {"parameters": TERMS | (parameters or {})})
    return list(lint(proposal, today=today, current_round=current_round))


def test_a_proposal_that_is_ready_has_no_findings() -> None:
    assert findings() == []


@pytest.mark.parametrize(
    ("field", "severity", "sentence"),
    [
        ("drawbacks", "must", "Say who loses by it or what may go wrong; every change has a drawback."),
        ("wrong_if", "must", "Say what would show that it was wrong."),
        ("evidence", "should", "Readers will ask for evidence."),
        ("alternatives", "should", "Readers will ask for alternatives."),
    ],
)
def test_empty_texts(field: str, severity: str, sentence: str) -> None:
    assert findings(**{field: " "}) == [Finding(field, severity, sentence)]


@pytest.mark.parametrize("field", list(Declined.model_fields))
def test_terms_are_given_or_left_out_with_a_reason(field: str) -> None:
    labels = {
        "notice_weeks": "notice",
        "phase_in_rounds": "phase-in",
        "fallback": "fallback",
        "review_on": "review date",
        "compensation": "compensation",
    }
    assert findings({field: None}) == [
        Finding(field, "must", f"Give the {labels[field]}, or say “none, because …”.")
    ]
    assert findings({field: None, "declined": {field: "it is small"}}) == []


def test_dates_lie_in_the_future() -> None:
    for field, label in (("review_on", "review date"), ("ends_on", "end date")):
        last = TODAY if field == "review_on" else datetime.date(2027, 3, 1)
        today = last
        assert findings({field: last.isoformat()}, today=today)[0] == Finding(
            "review_on", "must", f"The review date must lie in the future, and {last} does not."
        )
        assert findings({field: "2027-03-02"}, today=datetime.date(2027, 2, 28)) == []
        assert label in findings({field: "2027-03-01"}, today=datetime.date(2027, 3, 1))[-1].sentence


@pytest.mark.parametrize(
    ("kind", "field", "sentence", "enough"),
    [
        ("payout", "rule", "A change of the payout needs its rule", {"rule": "1C3T"}),
        ("stake_cap", "stake_cap", "A stake cap needs its size", {"stake_cap": 0.01}),
        ("stake_cap", "stake_cap", "A stake cap needs its size", {"stake_cap_nmr": 5000}),
        ("weights", "weights", "A change of the weights needs its scheme", {"weights": "sqrt"}),
        ("eligibility", "eligibility", "Say who may take part", {"min_correlation": 0.0}),
        ("eligibility", "eligibility", "Say who may take part", {"eligibility": "20 rounds"}),
    ],
)
def test_each_kind_needs_its_number(kind: str, field: str, sentence: str, enough: dict[str, Any]) -> None:
    (finding,) = findings(kind=kind)
    assert (finding.field, finding.severity) == (field, "must")
    assert finding.sentence.startswith(sentence)
    assert findings(enough, kind=kind) == []


def test_a_rule_that_changes_nothing() -> None:
    nothing = "Nothing would change: 3xCORR60 + 15xMMC60 is the rule in force since 2026-08-28."
    for same in ("3 corr60 + 15 mmc60", "classic-2026-08-28", "clip 1", "threshold none"):
        assert findings({"rule": same}) == [Finding("rule", "must", nothing)]
    for other in ("3 corr60 + 14 mmc60", "clip 0.5", "3 corr60 15 mmc60 threshold 72k", "classic-2026-01-01"):
        assert findings({"rule": other}) == []
    # the day decides which rule is in force
    assert findings({"rule": "0.75 corr + 2.25 mmc clip 0.05"}, today=datetime.date(2026, 3, 1)) != []
    assert findings({"rule": "0.75 corr + 2.25 mmc clip 0.05"}) == []


def test_fewer_choices_are_a_change() -> None:
    november = datetime.date(2023, 11, 1)
    assert len(rule_in_force("classic", on=november).choices) > 1
    assert findings({"rule": "2C1T clip 0.05"}, today=november) == []
    assert findings({"rule": "classic-2023-10-07"}, today=november) != []


@pytest.mark.parametrize(
    "rule", [rule for rule in load_rules() if rule.status == "effective"], ids=lambda rule: rule.id
)
def test_each_rule_in_force_changes_nothing_on_its_first_day(rule: Any) -> None:
    got = findings({"rule": rule.id}, tournament=rule.tournament, today=rule.effective_on)
    assert "Nothing would change" in got[0].sentence


def test_an_example_that_today_s_clip_would_cut() -> None:
    at_five_percent = datetime.date(2026, 3, 1)
    examples = {
        "worked_examples": ["stake 100, corr 0.2, rule 1C -> 20", "stake 100, corr 0.2, rule 1C clip 1 -> 20"]
    }
    assert findings(examples) == []
    (finding,) = findings(examples, today=at_five_percent)
    assert (finding.field, finding.severity) == ("worked_examples", "should")
    assert finding.sentence == (
        "Example 1 does not hold under today's clip: A stake of 100 under 1xCORR comes to 5, not 20."
    )


@pytest.mark.parametrize(
    ("parameters", "current", "severity", "sentence"),
    [
        ({}, None, "", ""),
        ({}, 560, "", ""),
        ({}, 561, "should", "Round 600 is about 8 weeks away, less than the notice of 8."),
        ({}, 590, "should", "Round 600 is about 2 weeks away, less than the notice of 8."),
        ({}, 600, "must", "Round 600 has opened already; now it is 600."),
        (
            {"notice_weeks": None, "declined": {"notice_weeks": "x"}},
            590,
            "should",
            "Round 600 comes without notice.",
        ),
    ],
)
def test_the_effective_round_leaves_time_for_the_notice(
    parameters: dict[str, Any], current: int | None, severity: str, sentence: str
) -> None:
    got = findings({"effective_round": 600} | parameters, current_round=current)
    assert got == ([Finding("effective_round", severity, sentence)] if severity else [])


def test_a_bare_draft_is_told_everything_in_order() -> None:
    draft = read_proposal(
        {key: READY[key] for key in ("title", "tournament", "problem", "change")} | {"kind": "payout"}
    )
    got = lint(draft, today=TODAY)
    assert [finding.field for finding in got] == [
        "drawbacks",
        "wrong_if",
        "evidence",
        "alternatives",
        "rule",
        *Declined.model_fields,
    ]
    assert all(finding.sentence.endswith((".", "”.")) for finding in got)
