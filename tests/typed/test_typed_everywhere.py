"""A number and a list are read alike wherever a member types one, and so is what the bot prints."""

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.payout.what_if import read_scores
from features.polls.ballot_text import numbers_template, read_number, read_numbers, read_range
from governance.proposals.examples import check_example
from governance.proposals.parameters import parameters_text, parse_parameters
from governance.proposals.proposal import Parameters
from scoring import typed
from scoring.rules import load_rules, parse_rule, rule_in_force
from scoring.rules.text import spell_multipliers
from wording.names import find_rounds
from wording.numbers import amount, number, p_told, plus_minus, signed, spans, whole

BASE = rule_in_force("classic", round=600)


def parameters(text: str) -> Parameters:
    return parse_parameters(text, "classic")


def threshold(text: str) -> float | None:
    return parse_rule(f"1C threshold {text}", BASE).stake_threshold


# what may be a share from 0 to 1, with or without a percent sign
SHARES: dict[str, Callable[[str], object]] = {
    "clip": lambda text: parse_rule(f"1C clip {text}", BASE).clip,
    "clip with a colon": lambda text: parse_rule(f"clip：{text}；1C", BASE).clip,
    "score": lambda text: read_scores(f"corr {text}, tc 0.5")["corr"],
    "score after its number": lambda text: read_scores(f"{text} corr, tc 0.5")["corr"],
    "cap": lambda text: parameters(f"cap: {text}").stake_cap,
    "cap of weights": lambda text: parameters(f"weights: cap {text}").weights_cap,
    "weight in an example": lambda text: check_example(f"weight {text}, split 100 -> {text}").results[0],
}
# a ballot, ends and steps, which may be percentages too, of any size
RANGES: dict[str, Callable[[str], object]] = {
    "ballot within a range": lambda text: read_number(text, ["0", "1", "0.01"]),
    "end of a range": lambda text: read_range([f"0 to {text} step {text}"])[1],
    "step of a range": lambda text: read_range([f"0 to 1 step {text}"])[2],
}
# what is a plain number; a point is in the range of each
PLAIN: dict[str, Callable[[str], object]] = {
    "multiplier": lambda text: parse_rule(f"{text}xCORR + 3xTC", BASE).multipliers["corr"],
    "multiplier after its score": lambda text: parse_rule(f"CORR x {text}, TC x 3", BASE).multipliers["corr"],
    "ballot": read_number,
    "gate": lambda text: parameters(f"gate: {text}").min_correlation,
    "gate as eligibility": lambda text: parameters(f"eligibility: {text}").min_correlation,
    "factor": lambda text: check_example(f"stake 1, corr 1, rule 1C, factor {text} -> {text}").results[0],
}
AMOUNTS: dict[str, Callable[[str], object]] = {
    "threshold": threshold,
    "cap in NMR": lambda text: parameters(f"cap: {text} NMR").stake_cap_nmr,
    "stake": lambda text: check_example(f"stake {text}, corr 1, rule 1C -> {text}").results[0],
}
COUNTS: dict[str, Callable[[str], object]] = {
    "score on a ballot": lambda text: read_numbers(f"A: {text}", ["A", "B"])["A"],
    "weeks": lambda text: parameters(f"notice: {text}").notice_weeks,
    "rounds": lambda text: parameters(f"phase-in: {text} rounds").phase_in_rounds,
    "round": lambda text: parameters(f"effective: round {text}").effective_round,
    "old terms": lambda text: parameters(f"compensation: grandfather {text} rounds").grandfathering_rounds,
    "last rounds": lambda text: find_rounds(text, np.arange(1, 2001)).size,
    "one round": lambda text: find_rounds(f"round {text}", np.arange(1, 2001))[0],
    "range of rounds": lambda text: find_rounds(f"1–{text}", np.arange(1, 2001))[-1],
}

TWENTIETHS = [
    "0.05",
    "0,05",
    ".05",
    "０．０５",
    "０，０５",
    "0。05",
    " 0.05 ",
    "`0.05`",
    "0.0\u200b5",
    "5e-2",
]


@pytest.mark.parametrize("where", [*SHARES, *RANGES, *PLAIN])
def test_a_twentieth_is_one_everywhere(where: str) -> None:
    read = {**SHARES, **RANGES, **PLAIN}[where]
    for text in TWENTIETHS:
        assert float(Decimal(str(read(text)))) == pytest.approx(0.05, rel=1e-12), text


@pytest.mark.parametrize("text", ["5%", "5 %", "５％", "5.0%", "5,0 %"])
@pytest.mark.parametrize("where", SHARES)
def test_a_percentage_is_a_share(where: str, text: str) -> None:
    assert SHARES[where](text) == pytest.approx(0.05, rel=1e-12)


@pytest.mark.parametrize("where", PLAIN)
def test_a_percentage_is_refused_where_a_plain_number_is_asked_for(where: str) -> None:
    if where == "factor":  # 50 % of a payout is said so
        return
    with pytest.raises(ValueError, match=r"“5%” can mean 5 or 0\.05|did you mean 0\.05\?|“0 to .*5%"):
        PLAIN[where]("5%")


@pytest.mark.parametrize("where", SHARES)
def test_a_share_above_1_is_asked_back(where: str) -> None:
    if where == "weight in an example":  # it has its own sentence
        return
    with pytest.raises(ValueError, match=r"“25” would be 2500 %: did you mean 25%\?"):
        SHARES[where]("25")


@pytest.mark.parametrize(
    "text",
    [
        "72000",
        "72k",
        "72 k",
        "72K NMR",
        "72,000",
        "72 000",
        "72\u202f000",
        "72'000",
        "７２０００",
        "72,000.0",
    ],
)
@pytest.mark.parametrize("where", AMOUNTS)
def test_72_thousand_are_that_everywhere(where: str, text: str) -> None:
    assert AMOUNTS[where](text.removesuffix(" NMR")) == 72_000
    assert threshold(text) == 72_000


@pytest.mark.parametrize("where", AMOUNTS)
def test_72_point_000_is_refused_with_both_readings(where: str) -> None:
    with pytest.raises(
        ValueError, match=r"“72\.000( NMR)?” can mean 72 NMR or 72000 NMR: write one of these\."
    ):
        AMOUNTS[where]("72.000")


@pytest.mark.parametrize("where", COUNTS)
def test_a_count_is_read_alike(where: str) -> None:
    for text in ("8", "８", "08", "8.0", "`8`", " 8\u00a0"):
        assert COUNTS[where](text) == 8, text


@pytest.mark.parametrize("text", ["8.5", "8,5", "8%", "-8", "eight", "💸", "8 8", "⁸", "1½", "٨"])
@pytest.mark.parametrize("where", COUNTS)
def test_what_is_no_count_is_refused_in_a_sentence(where: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"[.?]$") as refused:
        COUNTS[where](text)
    assert "A sign" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["−0.05", "–0.05", "—0.05", "-0.05", "－０．０５", "ー0.05", "‐.05", "-0,05"]
)
def test_a_minus_is_a_minus_whatever_the_keyboard(text: str) -> None:
    assert read_scores(f"corr {text}") == {"corr": -0.05}
    assert read_scores(f"corr={text}; tc 0") == {"corr": -0.05, "tc": 0}
    assert read_scores(f"{text} corr") == {"corr": -0.05}
    assert read_number(text) == "-0.05"
    assert read_range([f"{text} to 0.95"])[0] == "-0.05"
    assert check_example(f"stake 1, corr {text}, rule 1C -> {text}").results == (-0.05,)
    with pytest.raises(ValueError, match="is negative"):
        parse_rule(f"{text}xCORR", BASE)
    with pytest.raises(ValueError, match=r"“-.*”: clip must be above 0"):
        parse_rule(f"1C clip {text}", BASE)


def test_a_dash_and_a_minus_are_asked_apart() -> None:
    with pytest.raises(ValueError, match=r"“- 0\.05” can mean -0\.05, or 0\.05 after a dash"):
        read_scores("corr – 0.05")


@pytest.mark.parametrize(
    ("text", "multipliers"),
    [
        ("１xCORR", {"corr": 1}),
        ("1xCORR、3xTC", {"corr": 1, "tc": 3}),
        ("`1C3T`", {"corr": 1, "tc": 3}),
        ("```\n1C3T\n```", {"corr": 1, "tc": 3}),
        ("“1C3T”", {"corr": 1, "tc": 3}),
        ("**1xCORR + 3xTC**", {"corr": 1, "tc": 3}),
        ("CORR x 0.5, MMC x 2", {"corr": 0.5, "mmc": 2}),
        ("CORRx0.5 MMCx2", {"corr": 0.5, "mmc": 2}),
        ("corr:0.5 mmc:2", {"corr": 0.5, "mmc": 2}),
        ("corr＝０．５　mmc＝２", {"corr": 0.5, "mmc": 2}),
        ("corr 0.5, mmc 2", {"corr": 0.5, "mmc": 2}),
        ("corr 0.5 mmc 2", {"corr": 0.5, "mmc": 2}),
        ("0.5 corr, mmc 2", {"corr": 0.5, "mmc": 2}),
        ("1,5xCORR,3xTC", {"corr": 1.5, "tc": 3}),
        ("1 ✕ corr；3 ✕ tc", {"corr": 1, "tc": 3}),
        ("corr 2", {"corr": 2}),
        ("corr 2mmc", {"corr": 1, "mmc": 2}),
    ],
)
def test_a_list_of_scores_is_read_alike_in_rules_and_where_scores_are_typed(
    text: str, multipliers: dict[str, float]
) -> None:
    assert parse_rule(text, BASE).multipliers == multipliers
    assert parameters(f"rule: {' '.join(text.split())}".replace("；", ",")).rule == spell_multipliers(
        multipliers
    )
    if all(value <= 1 for value in multipliers.values()):
        assert read_scores(text) == multipliers


@pytest.mark.parametrize("text", ["corr 0.5 mmc", "C3T", "corr 0.5 mmc 0.2 tc"])
def test_a_number_between_two_scores_is_asked_back(text: str) -> None:
    for read in (lambda: parse_rule(text, BASE), lambda: read_scores(text)):
        with pytest.raises(ValueError, match=r"can mean “.+: [0-9.]+” or “.+: [0-9.]+”: write it like that"):
            read()


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        ("0.02 corr, tc 5%", {"corr": 0.02, "tc": 0.05}),
        ("tc 5%, 0.02 corr", {"corr": 0.02, "tc": 0.05}),
        ("corr 2%、tc −1％", {"corr": 0.02, "tc": -0.01}),
        ("corr 0,02,tc 0,01", {"corr": 0.02, "tc": 0.01}),
        ("corr +0.0200\ntc −0.0100", {"corr": 0.02, "tc": -0.01}),
        ("0.02corr-0.01tc", {"corr": 0.02, "tc": -0.01}),
    ],
)
def test_scores_in_either_order(text: str, scores: dict[str, float]) -> None:
    assert read_scores(text) == pytest.approx(scores, rel=1e-12)


@pytest.mark.parametrize(
    "text", ["A：3", "A: 3", "a = ３", "Ａ:3", "`A: 3`", "A: 3, B: 0", "B:0；A:3", "A: 3、B: 0"]
)
def test_a_ballot_of_numbers(text: str) -> None:
    assert {"B": 0} | read_numbers(text, ["A", "B"]) == {"A": 3, "B": 0}


def test_options_that_read_alike_are_told_apart_or_kept() -> None:
    assert read_numbers("Yes, but later: 2\n①: 3", ["Yes, but later", "①"]) == {"Yes, but later": 2, "①": 3}
    assert read_numbers("1: 2; 2: 1", ["1", "2"]) == {"1": 2, "2": 1}


@pytest.mark.parametrize("text", ["💸", "🚀🚀", "✂", "…", "@"])
def test_a_sign_alone_is_shown_and_answered(text: str) -> None:
    readers: list[tuple[Callable[[], object], str]] = [
        (lambda: parse_rule(text, BASE), r"CORR, MMC, TC.*Try “1xCORR \+ 3xTC”|The rule is empty"),
        (lambda: read_scores(text), "Write them like corr 0.02, tc -0.01"),
        (lambda: read_number(text), "write it like 1.5"),
        (lambda: read_numbers(text, ["A", "B"]), "keep the lines and change the numbers"),
        (lambda: parameters(f"cap: {text}"), "write “cap: 1%”"),
        (lambda: parameters(f"notice: {text}"), "write “notice: 8 weeks”"),
    ]
    for read, advice in readers:
        with pytest.raises(ValueError, match=advice) as refused:
            read()
        assert "A sign" not in str(refused.value)
        assert text in str(refused.value) or not set(text) - set("@*…")


# ---------------------------------------------------------------- what is printed is read


@settings(max_examples=60)
@given(st.floats(-1e9, 1e9).filter(lambda value: abs(value) >= 0.0001 or value == 0))
def test_what_the_bot_prints_is_read_back(value: float) -> None:
    for printed in (amount(value, "NMR"), signed(value, "NMR"), number(value)):
        read = float(typed.read_number(printed, unit="NMR"))
        assert read == pytest.approx(value, rel=6e-3, abs=6e-5), printed
    assert float(typed.read_number(whole(value), whole=True)) == pytest.approx(value, abs=0.51)
    assert float(typed.read_number(plus_minus(value, 2), unit="NMR")) == pytest.approx(value, abs=0.0051)


@settings(max_examples=60)
@given(st.decimals(-(10**12), 10**12, places=4) | st.decimals(-2000, 2000, places=3))
def test_a_ballot_that_is_shown_is_read_back(value: Decimal) -> None:
    spelled = typed.spell_clearly(value)
    assert Decimal(read_number(spelled)) == value
    assert read_number(read_number(spelled)) == spelled


@pytest.mark.slow
@settings(max_examples=60)
@given(st.integers(1, 999_999).map(lambda thousandths: thousandths / 1000))
def test_three_decimals_are_read_back(value: float) -> None:
    rule = parse_rule(f"{value:.4f} corr threshold {value:.4f}", BASE)
    assert rule.stake_threshold == value
    assert parse_rule(rule.id, BASE) == rule
    capped = parameters(f"cap: {value:.4f} NMR; rule: {value:.4f}C threshold {value:.4f}")
    assert parameters(parameters_text(capped)) == capped


@settings(max_examples=30)
@given(st.integers(1, 10**6).map(lambda millionths: millionths / 10**6))
def test_a_chance_is_read_back(value: float) -> None:
    told = p_told(value).removeprefix("p ").removeprefix("= ")
    if told[0] not in "<>":
        assert float(typed.read_number(told)) == pytest.approx(value, abs=0.0051)


def test_rules_and_ranges_are_read_back_as_cards_show_them() -> None:
    for rule in load_rules():
        clip = parse_rule(f"1C clip ±{100 * rule.clip:g} %", BASE).clip
        assert clip == pytest.approx(rule.clip, rel=1e-12)
        if rule.stake_threshold:
            assert threshold(f"{rule.stake_threshold / 1000:g}K") == rule.stake_threshold
            assert threshold(amount(rule.stake_threshold, "NMR")) == rule.stake_threshold
    assert find_rounds(spans([311, 312, 313]), np.arange(300, 320)).tolist() == [311, 312, 313]
    assert find_rounds(spans([311]), np.arange(300, 320)).tolist() == [311]
    assert read_numbers(numbers_template(["A：B", "𝟚"], {"A：B": 3, "𝟚": 1}), ["A：B", "𝟚"]) == {
        "A：B": 3,
        "𝟚": 1,
    }
