"""Parameters as lines: what people type is read, written back, and refused in a sentence."""

import datetime
import re
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from governance.proposals.parameters import KEYS, parameters_text, parse_parameters, spelled
from governance.proposals.proposal import Declined, Parameters, read_parameters

ALL = """\
rule: 1xCORR + 3xTC clip 0.05
cap: 1% or 5000 NMR
weights: cap 2%
gate: 0.2
eligibility: at least 20 rounds
fallback: paid by 1xCORR
effective: round 600
notice: 8 weeks
phase-in: 10 rounds
review: 2027-03-01
ends: 2027-06-01
compensation: grandfather 20 rounds
roll-back: if payouts fall
example: weight 0.02, split 90/10 -> 0.018 and 0.002
example: stake 100, corr 0.02, tc 0.01, rule 1C3T, factor 0.5 -> 2.5"""


def parse(text: str) -> Parameters:
    return parse_parameters(text, "classic")


def test_every_line_is_read_and_written_back() -> None:
    assert parse(ALL) == Parameters(
        rule="1xCORR + 3xTC clip 0.05",
        stake_cap=0.01,
        stake_cap_nmr=5000,
        weights="cap",
        weights_cap=0.02,
        min_correlation=0.2,
        eligibility="at least 20 rounds",
        fallback="paid by 1xCORR",
        effective_round=600,
        notice_weeks=8,
        phase_in_rounds=10,
        review_on=datetime.date(2027, 3, 1),
        ends_on=datetime.date(2027, 6, 1),
        compensation="grandfathering",
        grandfathering_rounds=20,
        rollback="if payouts fall",
        worked_examples=(
            "weight 0.02, split 90/10 -> 0.018 and 0.002",
            "stake 100, corr 0.02, tc 0.01, rule 1C3T, factor 0.5 -> 2.5",
        ),
    )
    assert parameters_text(parse(ALL)) == ALL
    assert list(spelled(parse(ALL))) == list(KEYS)


def test_one_line_will_do() -> None:
    assert parse(ALL.replace("\n", "; ")) == parse(ALL)
    assert parse(f";;{ALL};\n\n;") == parse(ALL)


@pytest.mark.parametrize("text", ["", "  \n ", ";", "-", "\u200b"])
def test_nothing_said_is_nothing_set(text: str) -> None:
    assert parse(text) == Parameters()
    assert parameters_text(Parameters()) == ""


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("CAP = 1 %", "cap: 1%"),
        ("- stake cap: 0.01", "cap: 1%"),
        ("**limit**: 1% of all weight", "cap: 1%"),
        ("cap: 5k nmr", "cap: 5000 NMR"),
        ("cap: 5000 NMR or 1%", "cap: 1% or 5000 NMR"),
        ("cap: 0.25%", "cap: 0.25%"),
        ("weights: Square Root", "weights: sqrt"),
        ("weights: account_rank", "weights: account rank"),
        ("scheme: capped at 2%", "weights: cap 2%"),
        ("weights: linear", "weights: stake"),
        ("weights: log", "weights: log"),
        ("weights: cluster cap 2 %", "weights: cluster cap 2%"),
        ("weights: similarity cap 1.5%", "weights: soft cap 1.5%"),
        ("weights: performance limit 0.01", "weights: performance cap 1%"),
        ("weights: like quality 100%", "weights: reshape 100%"),
        ("weights: reshape .5", "weights: reshape 50%"),
        ("weights: minimum correlation 50%", "weights: gate 0.5"),
        ("weights: gate 0.35", "weights: gate 0.35"),
        ("min_correlation: .2", "gate: 0.2"),
        ("eligibility: 0.2", "gate: 0.2"),
        ("who: verified accounts", "eligibility: verified accounts"),
        ("pay: 1c3t clip=5%", "rule: 1xCORR + 3xTC clip 0.05"),
        ("rule: 1C;notice: 1", "rule: 1xCORR\nnotice: 1 week"),
        ("default: Paid by corr", "fallback: paid by 1xCORR"),
        ("otherwise: no change for them", "fallback: no change for them"),
        ("starts: #600", "effective: round 600"),
        ("notice period: 8 WEEKS", "notice: 8 weeks"),
        ("notice: 8weeks", "notice: 8 weeks"),
        ("Phase In: 1", "phase-in: 1 round"),
        ("until: 2027-06-01", "ends: 2027-06-01"),
        ("sunset= 2027-06-01", "ends: 2027-06-01"),
        ("compensation: Full", "compensation: full"),
        ("compensation: grandfathering over 20 rounds", "compensation: grandfather 20 rounds"),
        ("compensation: grandfathered 1", "compensation: grandfather 1 round"),
        ("notice: none, because it is small", "notice: none, because it is small"),
        ("phase in: None because it is small", "phase-in: none, because it is small"),
        ("review: no, it is small", "review: none, because it is small"),
        ("compensation: none: nobody loses", "compensation: none, because nobody loses"),
        ("fallback: no because x", "fallback: none, because x"),
        ("undo: if a = b: do c", "roll-back: if a = b: do c"),
    ],
)
def test_other_words_for_the_same(typed: str, line: str) -> None:
    assert parameters_text(parse(typed)) == line
    assert parse(line) == parse(typed)


CAPS = "“cap: 1%”, “cap: 5000 NMR” or “cap: 1% or 5000 NMR”."
SCHEMES = (
    "“stake”, “cap 2%”, “cluster cap 2%”, “soft cap 2%”, “performance cap 2%”, “account rank”, “sqrt”, "
    "“log”, “reshape 100%” and “gate 0.5”."
)
COMPENSATIONS = "write “full”, “grandfather 20 rounds” or “none, because …”."
GATES = "write a correlation from 0 to 1 as in “gate: 0.2”, and other conditions as “eligibility: …”."
NAMES = (
    "rule, cap, weights, gate, eligibility, fallback, effective, notice, phase-in, review, ends, "
    "compensation, roll-back and example."
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("just words", f"“just words” has no name; write lines like “cap: 1%”. Names are {NAMES}"),
        (": 1%", f"“: 1%” has no name; write lines like “cap: 1%”. Names are {NAMES}"),
        ("gat: 0.2", f"“gat” is no parameter. Did you mean “gate”? There are {NAMES}"),
        ("rollbak: x", f"“rollbak” is no parameter. Did you mean “roll-back”? There are {NAMES}"),
        ("xyzzy: 1", f"“xyzzy” is no parameter. There are {NAMES}"),
        ("@everyone: 1", f"“everyone” is no parameter. There are {NAMES}"),
        ("cap: 1%; trailing", f"“trailing” has no name; write lines like “cap: 1%”. Names are {NAMES}"),
        ("cap:", "“cap” has nothing after it."),
        ("cap: 1%\nlimit: 2%", "“cap” is said twice; keep one of them."),
        ("cap: big", "“big” is no cap; write " + CAPS),
        ("cap: 1% or 2%", "“1% or 2%” is no cap; write " + CAPS),
        ("cap: 5000", "“5000”: the cap must be above 0 and at most 1. Or write " + CAPS),
        ("cap: 0%", "“0%”: the cap must be above 0 and at most 1. Or write " + CAPS),
        ("cap: -1%", "“-1%”: the cap must be above 0 and at most 1. Or write " + CAPS),
        ("weights: cap", "“cap” is no way to weigh; there are " + SCHEMES),
        ("weights: soft cap", "“soft cap” is no way to weigh; there are " + SCHEMES),
        ("weights: gate 2", "“2” would be 200 %: did you mean 2%?"),
        ("weights: reshape 0", "“0”: the dial must be above 0 and at most 1."),
        ("weights: magic", "“magic” is no way to weigh; there are " + SCHEMES),
        ("gate: 20%", "“20%” is a percentage, and none is asked for: did you mean 0.2?"),
        ("gate: high", "“high” is no gate; " + GATES),
        ("gate: 2", "“2”: the gate must be from 0 to 1."),
        ("effective: soon", "“soon” is no round; write “effective: round 600”."),
        ("effective: 2027-03-01", "“2027-03-01” is no round; write “effective: round 600”."),
        ("notice: two months", "“two months” is no number of weeks; write “notice: 8 weeks”."),
        ("notice: 8.5", "“8.5” is not a whole number: write it like 8 weeks."),
        ("notice: 8 rounds", "“8 rounds” is no number of weeks; write “notice: 8 weeks”."),
        ("phase-in: 8 weeks", "“8 weeks” is no number of rounds; write “phase-in: 8 rounds”."),
        ("notice: 0", "The notice must be at least 1, not 0."),
        ("notice: none", "No notice needs its reason: “notice: none, because …”."),
        ("compensation: none, because", "No compensation needs its reason: “compensation: none, because …”."),
        ("compensation: some", "“some” is no compensation; " + COMPENSATIONS),
        ("review: soon", "Review date: A date is written like 2027-03-01, not “soon”."),
        ("ends: none, because x", "End date: A date is written like 2027-03-01, not “none, because x”."),
        (
            "example: weight 0.02, split 90/10 -> 0.18 and 0.002",
            "Worked examples: They must add up to 0.02: 0.018 and 0.002, not 0.18.",
        ),
    ],
)
def test_what_cannot_be_read_is_said(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        parse(text)


def test_a_rule_is_read_as_in_its_tournament() -> None:
    assert parse_parameters("rule: crypto-2024-06-17", "crypto").rule == "crypto-2024-06-17"
    with pytest.raises(ValueError, match="is a rule of crypto, and this is about classic"):
        parse("rule: crypto-2024-06-17")
    with pytest.raises(ValueError, match="must be classic, signals or crypto"):
        parse_parameters("", "poker")


def test_no_name_means_two_things() -> None:
    words = [word for key, others in KEYS.items() for word in (key, *others)]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("text", ["a" * 10_000_000, "cap: 1%;" * 100_000, ":" * 100_000, "=\n" * 10_000])
def test_megabytes_are_refused(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"^Parameters have at most 10,000 characters; these have [0-9,]+\.$"
    ):
        parse(text)


# ---------------------------------------------------------------- properties

phrases = st.text(max_size=40) | st.lists(
    st.sampled_from(
        ["none", "because", ",", "no", ":", "=", " ", ";", "cap", "0.2", "\u200d", "paid by", "1C", "-"]
    )
).map("".join)
days = st.dates(datetime.date(1000, 1, 1))
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "rule": st.sampled_from(["1C3T", "clip 0.05", "classic-2023-10-07", "0.1corr60 threshold none"]),
    "stake_cap": st.floats(0, 1, exclude_min=True),
    "stake_cap_nmr": st.floats(0, 1e9, exclude_min=True),
    "weights": st.sampled_from(["stake", "account_rank", "sqrt", "log"]),
    "min_correlation": st.floats(0, 1),
    "eligibility": phrases,
    "fallback": phrases,
    "effective_round": st.integers(1, 1_000_000),
    "notice_weeks": st.integers(1, 260),
    "phase_in_rounds": st.integers(1, 2000),
    "review_on": days,
    "ends_on": days,
    "compensation": st.just("full"),
    "rollback": phrases,
    "worked_examples": st.lists(st.just("weight 0.02, split 90/10 -> 0.018 and 0.002"), max_size=5),
}


@pytest.mark.slow
@settings(max_examples=60)
@given(
    st.fixed_dictionaries({}, optional=FIELDS),
    st.fixed_dictionaries({}, optional=dict.fromkeys(Declined.model_fields, phrases)),
    st.none() | st.floats(0, 1, exclude_min=True),
)
def test_what_is_written_reads_back_as_the_same(
    said: dict[str, Any], reasons: dict[str, str], cap: float | None
) -> None:
    if cap is not None:
        said |= {"weights": "cap", "weights_cap": cap}
    said["declined"] = {name: reason for name, reason in reasons.items() if name not in said}
    try:
        parameters = read_parameters(said, "classic")
    except ValueError:
        assume(False)
        return
    text = parameters_text(parameters)
    assert parse(text) == parameters
    assert parse(text.replace("\n", ";")) == parameters
    assert parameters_text(parse(text)) == text


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from([*KEYS, ":", "=", ";", "\n", " ", "1", "%", "none", "because", "NMR", "8 weeks"]),
        max_size=12,
    ).map("".join)
)
def test_any_text_sets_something_or_is_refused(text: str) -> None:
    try:
        parameters = parse(text)
    except ValueError as error:
        told = str(error)
    else:
        assert parse(parameters_text(parameters)) == parameters
        return
    assert told[-1] in ".?"


def test_the_fullest_parameters_fit_in_a_field_of_a_dialog() -> None:
    reasons = dict.fromkeys(Declined.model_fields, "x" * 300)
    example = f"weight 0.5, split {'/'.join(['5'] * 20)} -> {', '.join(['0.025'] * 20)}"
    assert 195 <= len(example) <= 200
    fullest = read_parameters(
        {
            "rule": "corr + 2 mmc + 3 tc clip 0.000001 threshold 1000000",
            "stake_cap": 0.123456789012345,
            "stake_cap_nmr": 123456.789,
            "eligibility": "x" * 300,
            "rollback": "x" * 300,
            "worked_examples": [example] * 5,
            "declined": reasons,
        },
        "classic",
    )
    assert len(parameters_text(fullest)) < 4000  # Discord's limit
