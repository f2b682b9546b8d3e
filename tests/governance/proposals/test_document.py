"""Proposals as JSON: what is refused, what is written, the schema and the fingerprint."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.proposals.document import content_hash, from_json, json_schema, to_json
from governance.proposals.proposal import Parameters, Proposal, read_proposal

ROOT = Path(__file__).parents[3]
LEAST = {
    "title": "Cap",
    "tournament": "classic",
    "kind": "stake_cap",
    "problem": "Whales.",
    "change": "A cap.",
}
FULL: dict[str, Any] = LEAST | {
    "evidence": "e",
    "alternatives": "a",
    "drawbacks": "d",
    "wrong_if": "w",
    "parameters": {
        "rule": "1xCORR + 3xTC",
        "stake_cap": 0.01,
        "stake_cap_nmr": 5000,
        "weights": "cap",
        "weights_cap": 0.02,
        "min_correlation": 0.2,
        "eligibility": "20 rounds",
        "fallback": "paid by 1xCORR",
        "effective_round": 600,
        "notice_weeks": 8,
        "phase_in_rounds": 10,
        "review_on": "2027-03-01",
        "ends_on": "2027-06-01",
        "compensation": "grandfathering",
        "grandfathering_rounds": 20,
        "rollback": "if it fails",
        "worked_examples": ["weight 0.02, split 90/10 -> 0.018 and 0.002"],
    },
}


def refusal(text: str | bytes) -> str:
    with pytest.raises(ValueError, match=r".") as caught:
        from_json(text)
    assert type(caught.value) is ValueError
    assert len(str(caught.value)) < 500
    return str(caught.value)


# ---------------------------------------------------------------- in


def test_what_was_written_reads_back() -> None:
    for data in (LEAST, FULL):
        proposal = read_proposal(data)
        text = to_json(proposal)
        assert from_json(text) == from_json(text.encode()) == read_proposal(text) == proposal
        assert to_json(from_json(text)) == text
    assert json.loads(to_json(read_proposal(FULL))) == FULL
    assert json.loads(to_json(read_proposal(LEAST))) == LEAST


def test_a_byte_order_mark_does_no_harm() -> None:
    assert from_json("\ufeff" + json.dumps(LEAST)) == from_json(json.dumps(LEAST).encode("utf-8-sig"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is empty."),
        (b" \n ", "The file is empty."),
        ("{", "This is not JSON: it stops making sense in line 1, character 2."),
        ('{"title": "x",\n}', "This is not JSON: it stops making sense in line 2, character 1."),
        ("title: x", "This is not JSON: it stops making sense in line 1, character 1."),
        ("[]", "A proposal is an object with named fields, not a list."),
        ("null", "A proposal is an object with named fields, not nothing."),
        ("true", "A proposal is an object with named fields, not true."),
        ("5", "A proposal is an object with named fields, not 5."),
        ('"@everyone"', "A proposal is an object with named fields, not “everyone”."),
        ('{"title": "a", "title": "b"}', "“title” is given twice; keep one of them."),
        ('{"parameters": {"rule": "1C", "rule": "2C"}}', "“rule” is given twice; keep one of them."),
        ('{"parameters": {"stake_cap": NaN}}', "“NaN” is no number that a proposal can hold."),
        ('{"parameters": {"stake_cap": Infinity}}', "“Infinity” is no number that a proposal can hold."),
        ('{"parameters": {"stake_cap": -Infinity}}', "“-Infinity” is no number that a proposal can hold."),
        (f'{{"parameters": {"9" * 5000}}}', "“99999999999999999999999999999…” has too many digits."),
        ("[" * 60_000, "The file is nested too deeply to be a proposal."),
        (
            '{"a":' * 12_000 + "1" + "}" * 12_000,
            "The file is larger than 64 KB, the most that a proposal can need.",
        ),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "The file is nested too deeply to be a proposal."),
        ("x" * 10_000_000, "The file is larger than 64 KB, the most that a proposal can need."),
        (b"\xff" * 10_000_000, "The file is larger than 64 KB, the most that a proposal can need."),
        ("é" * 40_000, "The file is larger than 64 KB, the most that a proposal can need."),
        (b"\xff\xfe", "The file is not text in UTF-8."),
        (
            "{}",
            "The title is missing. The tournament is missing. The kind is missing. "
            "The problem is missing. The change is missing.",
        ),
    ],
    ids=lambda value: str(value)[:24],
)
def test_json_of_strangers(text: str | bytes, sentence: str) -> None:
    assert refusal(text) == sentence


def test_the_limit_is_64_kb_to_the_byte() -> None:
    text = json.dumps(LEAST)
    assert from_json(text + " " * (64 * 1024 - len(text))) == from_json(text)
    assert "larger than 64 KB" in refusal(text + " " * (64 * 1024 - len(text) + 1))


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        ("tite", "x", "There is no field called “tite”; did you mean “title”?"),
        ("qqq", 1, "There is no field called “qqq”."),
        ("**@everyone**", 1, "There is no field called “everyone”."),
        ("\ud800", 1, "The name of a field can't be read."),
        ("title", None, "The title must be text, not nothing."),
        ("title", 5, "The title must be text, not 5."),
        ("title", ["a"], "The title must be text, not a list."),
        ("problem", {"a": 1}, "The problem must be text, not an object."),
        (
            "kind",
            "Payout",
            "The kind must be payout, stake_cap, weights, eligibility, communication or other, not “Payout”.",
        ),
        ("tournament", True, "The tournament must be classic, signals or crypto, not true."),
        ("parameters", None, "The parameters must be an object with named fields, not nothing."),
        ("parameters", "rule: 1C", "The parameters must be an object with named fields, not “rule: 1C”."),
    ],
)
def test_wrong_fields_are_named(place: str, value: object, sentence: str) -> None:
    assert refusal(json.dumps(LEAST | {place: value})) == sentence


@pytest.mark.parametrize("missing", list(LEAST))
def test_missing_fields_are_named(missing: str) -> None:
    assert refusal(json.dumps({key: value for key, value in LEAST.items() if key != missing})) == (
        f"The {missing} is missing."
    )


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.data())
def test_any_value_anywhere_is_a_proposal_or_a_sentence(data: st.DataObject) -> None:
    changed = json.loads(json.dumps(FULL))
    place = changed if data.draw(st.booleans()) else changed["parameters"]
    place[data.draw(st.sampled_from([*place, "declined", "new"]))] = data.draw(values)
    try:
        proposal = from_json(json.dumps(changed))
    except ValueError as error:
        told = str(error)
    else:
        assert from_json(to_json(proposal)) == proposal
        return
    assert told[-1] in ".?"
    assert "pydantic" not in told


# ---------------------------------------------------------------- out


def test_written_json_is_for_reading() -> None:
    text = to_json(read_proposal(LEAST | {"title": "Größer 🚀"}))
    assert text.splitlines()[:2] == ["{", '  "title": "Größer 🚀",']
    assert text.endswith("}\n")
    assert "null" not in to_json(read_proposal(FULL))


def test_the_published_schema_is_current() -> None:
    # after a change of the form, write what stands on the right into the file
    published = (ROOT / "docs" / "proposal.schema.json").read_text(encoding="utf-8")
    assert published == json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


def test_the_schema_tells_what_the_form_refuses() -> None:
    schema = json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["required"] == list(LEAST)
    assert schema["additionalProperties"] is False
    assert schema["properties"]["title"]["maxLength"] == 100
    assert all(form["additionalProperties"] is False for form in schema["$defs"].values())
    assert set(schema["$defs"]["Parameters"]["properties"]) == set(Parameters.model_fields)
    assert schema["properties"]["kind"]["enum"] == [
        "payout",
        "stake_cap",
        "weights",
        "eligibility",
        "communication",
        "other",
    ]


# ---------------------------------------------------------------- fingerprint


def test_the_hash_of_a_text_is_known() -> None:
    # sha256sum of {"change":"A cap.","kind":"stake_cap","problem":"Whales.","title":"Cap",
    # "tournament":"classic"} on one line, without a line break
    assert content_hash(read_proposal(LEAST)) == KNOWN


KNOWN = "1eec2f468f797d5fce72e8d9e9707e8fc69e080232509b3b0107dd6aff0d965c"


def test_neither_order_nor_white_space_nor_composition_matters() -> None:
    usual = content_hash(read_proposal(FULL))
    turned = dict(reversed(list(FULL.items())))
    turned["parameters"] = dict(reversed(list(FULL["parameters"].items())))
    assert content_hash(from_json(json.dumps(turned, indent=7))) == usual
    assert content_hash(read_proposal(FULL | {"title": "  Cap\n\u200b", "evidence": "\te \n\n"})) == usual
    typed = FULL["parameters"] | {"rule": "1c3T", "stake_cap_nmr": 5000.0, "fallback": "Paid by corr"}
    assert content_hash(read_proposal(FULL | {"parameters": typed})) == usual
    one, other = ({"title": title} for title in ("é", "e\u0301"))
    assert content_hash(read_proposal(LEAST | one)) == content_hash(read_proposal(LEAST | other))


OTHER = {
    "title": "Kap",
    "tournament": "crypto",
    "kind": "weights",
    "stake_cap": 0.02,
    "stake_cap_nmr": 5001,
    "weights_cap": 0.03,
    "min_correlation": 0.3,
    "rule": "1xCORR + 2xTC",
    "fallback": "paid by 2xCORR",
    "effective_round": 601,
    "notice_weeks": 9,
    "phase_in_rounds": 11,
    "review_on": "2027-03-02",
    "ends_on": "2027-06-02",
    "grandfathering_rounds": 21,
    "worked_examples": ["weight 0.02, split 80/20 -> 0.016 and 0.004"],
}


@pytest.mark.parametrize("field", [name for name in Proposal.model_fields if name != "parameters"])
def test_each_text_changes_the_hash(field: str) -> None:
    changed = FULL | {field: OTHER.get(field, "another")}
    assert content_hash(read_proposal(changed)) != content_hash(read_proposal(FULL))


@pytest.mark.parametrize("field", [name for name in Parameters.model_fields if name != "declined"])
def test_each_parameter_changes_the_hash(field: str) -> None:
    more: dict[str, Any] = {field: OTHER.get(field, "another")}
    if field == "weights":
        more = {"weights": "sqrt", "weights_cap": None}
    if field == "compensation":
        more = {"compensation": "full", "grandfathering_rounds": None}
    changed = FULL | {"parameters": FULL["parameters"] | more}
    assert content_hash(read_proposal(changed)) != content_hash(read_proposal(FULL))


def test_a_reason_changes_the_hash() -> None:
    reasons = [{}, {"notice_weeks": "a"}, {"notice_weeks": "b"}, {"fallback": "a"}]
    hashes = {content_hash(read_proposal(LEAST | {"parameters": {"declined": reason}})) for reason in reasons}
    assert len(hashes) == 4
