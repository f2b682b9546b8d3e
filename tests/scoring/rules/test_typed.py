"""Rules as people type them, and in words."""

from collections.abc import Mapping

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scoring.rules import (
    PayoutRule,
    describe_multipliers,
    is_permitted,
    parse_rule,
    rule_in_force,
)
from scoring.rules.text import SCORE_NAMES
from tests.scoring.rules.on_record import BASE, RULES

# ---------------------------------------------------------------- what people type


@pytest.mark.parametrize(
    ("text", "multipliers", "name"),
    [
        ("1xCORR + 3xTC", {"corr": 1, "tc": 3}, "1xCORR + 3xTC"),
        ("1C3T", {"corr": 1, "tc": 3}, "1xCORR + 3xTC"),
        ("3t 1c", {"corr": 1, "tc": 3}, "1xCORR + 3xTC"),
        ("2c1t", {"corr": 2, "tc": 1}, "2xCORR + 1xTC"),
        ("0.5C2M", {"corr": 0.5, "mmc": 2}, "0.5xCORR + 2xMMC"),
        (".5 corr and 2 mmc", {"corr": 0.5, "mmc": 2}, "0.5xCORR + 2xMMC"),
        ("2*CORR20V2+TC", {"corr": 2, "tc": 1}, "2xCORR + 1xTC"),
        ("1 × corr, 3 × tc", {"corr": 1, "tc": 3}, "1xCORR + 3xTC"),
        ("0,75 corr + 2,25 mmc", {"corr": 0.75, "mmc": 2.25}, "0.75xCORR + 2.25xMMC"),
        ("1c,3t", {"corr": 1, "tc": 3}, "1xCORR + 3xTC"),
        ("corr + 2 mmc threshold 72000", {"corr": 1, "mmc": 2}, "1xCORR + 2xMMC"),
        ("3 corr60 + 15 mmc60", {"corr60": 3, "mmc60": 15}, "3xCORR60 + 15xMMC60"),
        ("fnc + fnc_v4 + MMC20", {"mmc": 1, "fnc_v3": 1, "fnc_v4": 1}, "1xMMC + 1xFNCv3 + 1xFNCv4"),
        ("0.3 alpha + .8 mpc", {"alpha": 0.3, "mpc": 0.8}, "0.3xALPHA + 0.8xMPC"),
        ("½ncorr".replace("½", "0.5") + " 2nmmc", {"ncorr": 0.5, "nmmc": 2}, "0.5xNCORR + 2xNMMC"),
        ("1C0T", {"corr": 1, "tc": 0}, "1xCORR + 0xTC"),
        ("0xCORR", {"corr": 0}, "0xCORR"),
        ("1000 corr", {"corr": 1000}, "1000xCORR"),
        ("0.00001c", {"corr": 0.00001}, "0.00001xCORR"),
        ("clip 0.05", {"corr": 2, "tc": 1}, "2xCORR + 1xTC"),
    ],
)
def test_multipliers_as_people_type_them(text: str, multipliers: Mapping[str, float], name: str) -> None:
    rule = parse_rule(text, BASE)
    assert rule.multipliers == multipliers
    assert rule.id == name
    assert rule.choices == (multipliers,)
    assert rule.fallback == multipliers


@pytest.mark.parametrize(
    ("text", "clip", "threshold", "name"),
    [
        ("0.75 corr + 2.25 mmc clip 0.05", 0.05, 72_000, "0.75xCORR + 2.25xMMC"),
        ("1C3T clip 0.25", 0.25, 72_000, "1xCORR + 3xTC clip 0.25"),
        ("1C3T clip 0,25", 0.25, 72_000, "1xCORR + 3xTC clip 0.25"),
        ("1C3T clip=25%", 0.25, 72_000, "1xCORR + 3xTC clip 0.25"),
        ("clip: 1, 1C3T", 1, 72_000, "1xCORR + 3xTC clip 1"),
        ("1C3T threshold none", 0.05, None, "1xCORR + 3xTC threshold none"),
        ("1C3T THRESHOLD 100k", 0.05, 100_000, "1xCORR + 3xTC threshold 100000"),
        ("1C3T threshold 300,000 clip .25", 0.25, 300_000, "1xCORR + 3xTC clip 0.25 threshold 300000"),
        ("threshold none", 0.05, None, "2xCORR + 1xTC threshold none"),
    ],
)
def test_clip_and_threshold_as_people_type_them(
    text: str, clip: float, threshold: float | None, name: str
) -> None:
    rule = parse_rule(text, BASE)
    assert (rule.clip, rule.stake_threshold, rule.id) == (clip, threshold, name)


def test_a_typed_rule_takes_the_rest_from_its_base() -> None:
    base = rule_in_force("classic", round=313)
    rule = parse_rule("1C3T clip 0.1", base)
    assert (rule.tournament, rule.clip_order) == ("classic", "factor_outside_clip")
    assert (rule.stake_threshold, rule.stake_fraction, rule.rounds_at_once) == (300_000, 1, 5)
    assert (rule.status, rule.source, rule.verified, rule.note) == ("proposed", "typed", True, "")
    assert rule.first_round is None
    assert rule.effective_on is None
    assert parse_rule("corr", rule_in_force("classic", round=1343)).stake_fraction == 1 / 64


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_id_of_a_rule_on_record_is_that_rule(rule: PayoutRule) -> None:
    assert parse_rule(f"  {rule.id.upper()} ", BASE) is rule


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The rule is empty"),
        (" \n\t", "The rule is empty"),
        ("c " * 101, "at most 200 characters, this text has 202"),
        ("-1xCORR + 3xTC", "“-1xCORR” is negative"),
        ("1xCORR − 3xTC", "“-” is negative"),
        ("1x-corr", "“-corr” is negative"),
        ("nan corr", "“nan” is no number"),
        ("corr + inf tc", "“inf” is no number"),
        ("corr clip 0", "“0”: clip must be above 0"),
        ("corr clip -0.05", "“-0.05”: clip must be above 0"),
        ("corr clip 1001", "“1001”: clip must be above 0 and at most 1"),
        ("corr clip 25", "“25” would be 2500 %: did you mean 25%"),
        ("corr clip", "“clip” needs a number after it"),
        ("corr clip nan", "“clip” needs a number after it, not “nan”"),
        ("corr clip 5k", "“5k”: clip must be above 0 and at most 1"),
        ("corr clip none", "“none” is no clip"),
        ("corr clip .1 clip .2", "“clip” is said twice"),
        ("corr threshold", "“threshold” needs a number"),
        ("corr threshold 0", "“0”: threshold must be above 0"),
        ("corr threshold -3", "“-3”: threshold must be above 0"),
        ("corr threshold 5%", "“5%” is a percentage"),
        ("corr threshold 9999999999", "“9999999999”: threshold must be above 0 and at most"),
        ("1C 2T 3C", "“C” names CORR a second time"),
        ("corr + corr20v2", "“corr20v2” names CORR a second time"),
        ("1 2 corr", "“2” is the second number in a row"),
        ("1x2 corr", "“2” is the second number in a row"),
        ("1 + corr", "“1” has no score after it"),
        ("2 clip 0.1", "“2” has no score after it"),
        ("1xCORR +", "“\\+” joins two scores"),
        ("+ corr", "“\\+” joins two scores"),
        ("corr ++ tc", "“\\+\\+” joins two scores"),
        ("1xFOO", r"“FOO” is not a score I know \(CORR, MMC, TC, FNCv3"),
        ("2 cor", "“cor” is not a score I know .* Did you mean CORR?"),
        ("fncv33", "“fncv33” is not a score I know .* Did you mean FNCv3?"),
        ("corr treshold 5k", "“treshold” is not a score I know .* Did you mean threshold?"),
        ("1e5 corr", "“1e5”: a multiplier must be from 0 to 1,000"),
        ("١xCORR", "“١xCORR” is not a score I know"),
        ("1001 corr", "“1001”: a multiplier must be from 0 to 1,000"),
        ("72k corr", "“72k”: a multiplier must be from 0 to 1,000"),
        ("1.2.3 corr", "“1.2.3” is not one number"),
        (
            "classic-2023-10-08",
            "“classic-2023-10-08” is no rule on record; the nearest are classic-2026-10-08, classic-2023",
        ),
        ("signal-2025-09-02", "“signal-2025-09-02” is no rule on record; the nearest are signals-2025-09-02"),
        ("crypto", "“crypto” is no rule on record; the nearest are crypto-20"),
        (f"c clip .{'0' * 191}1", "too many digits"),
    ],
)
def test_what_cannot_be_read_points_at_the_word(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        parse_rule(text, BASE)
    assert str(caught.value).endswith("Try “1xCORR + 3xTC”, “2C1T” or “0.75 corr + 2.25 mmc clip 0.05”.")


def test_the_three_examples_of_a_refusal_can_be_read() -> None:
    for text in ("1xCORR + 3xTC", "2C1T", "0.75 corr + 2.25 mmc clip 0.05"):
        assert parse_rule(text, BASE).status == "proposed"


@pytest.mark.parametrize(
    "text",
    [
        "`rm` @everyone",
        "<@123456789>",
        "**bold**",
        "[a](https://b.example)",
        "~~x~~ ||y||",
        "\u202ecorrr\x00",
        "#x",
    ],
)
def test_what_is_quoted_cannot_act_on_a_page(text: str) -> None:
    with pytest.raises(ValueError, match="score I know") as caught:
        parse_rule(text, BASE)
    assert not set("`@<>*[]()|~#/\\\u202e\x00") & set(str(caught.value).replace(KNOWN, ""))


KNOWN = f"({', '.join(SCORE_NAMES.values())})"


def test_a_long_word_is_quoted_in_part() -> None:
    with pytest.raises(ValueError, match=r"“z{29}…”"):
        parse_rule("z" * 100, BASE)


@pytest.mark.parametrize(
    "text", ["1 " * 5000, "x" * 10_000, "corr" * 50, "1." * 100, " " * 199 + "x", "1,1" * 66]
)
def test_a_hostile_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Try “"):
        parse_rule(text, BASE)


# ---------------------------------------------------------------- properties

NUMBERS = st.one_of(
    st.floats(0, 1000, allow_subnormal=False).map(lambda value: round(value, 6)), st.integers(0, 1000)
)
MULTIPLIERS = st.dictionaries(st.sampled_from(sorted(SCORE_NAMES)), NUMBERS, min_size=1, max_size=5)
CLIPS = st.floats(1e-6, 1)
THRESHOLDS = st.none() | st.floats(1e-3, 1e9)


@given(MULTIPLIERS, CLIPS, THRESHOLDS, st.sampled_from(RULES))
def test_the_id_of_a_typed_rule_reads_back_as_that_rule(
    multipliers: dict[str, float], clip: float, threshold: float | None, base: PayoutRule
) -> None:
    typed = " ".join(f"{float(value):.6f} {score}" for score, value in multipliers.items())
    text = f"{typed} clip {clip:.9f} threshold {'none' if threshold is None else f'{threshold:.4f}'}"
    assume(len(text) <= 200)
    rule = parse_rule(text, base)
    assert rule.multipliers == {score: float(f"{value:.6f}") for score, value in multipliers.items()}
    assert rule.clip == float(f"{clip:.9f}")
    again = parse_rule(rule.id, base)
    assert again == rule
    assert again.id == rule.id
    assert is_permitted(again, rule)


NUMERALS = ["1", "2.5", "0,75", "2023-10-07", "nan", "none", "k", "%"]
SIGNS = [" ", ".", ",", "+", "-", "=", "*", "×", "_", "İ", "ſ", "\u212a"]
WORDS = ["x", "c", "T", "corr", "mmc", "corr20v2", "fnc_v3", "tcx", "clip", "threshold", "and", "classic-"]
PIECES = st.sampled_from([*NUMERALS, *SIGNS, *WORDS])


@given(st.text(max_size=220) | st.lists(PIECES, max_size=30).map("".join))
def test_any_text_is_a_usable_rule_or_a_refusal(text: str) -> None:
    try:
        rule = parse_rule(text, BASE)
    except ValueError as error:
        refusal = str(error)
    else:
        assert_usable(rule)
        return
    assert "Try “" in refusal
    assert len(refusal) < 400


def assert_usable(rule: PayoutRule) -> None:
    assert rule.multipliers
    assert all(0 <= value <= 1000 for value in rule.multipliers.values())
    assert 0 < rule.clip <= 1
    assert rule.stake_threshold is None or 0 < rule.stake_threshold <= 1e9
    assert 0 < len(rule.id) <= 200
    assert parse_rule(rule.id, BASE) == rule


# ---------------------------------------------------------------- in words


@pytest.mark.parametrize(
    ("multipliers", "words"),
    [
        ({"corr": 1, "tc": 3}, "1xCORR + 3xTC"),
        ({"tc": 3.0, "corr": 1.0}, "1xCORR + 3xTC"),
        ({"corr": 0.75, "mmc": 2.25}, "0.75xCORR + 2.25xMMC"),
        ({"corr": 1, "tc": 0}, "1xCORR"),
        ({"corr": 0, "tc": 0}, "0xCORR"),
        ({"tc": 0}, "0xCORR"),
        ({}, "0xCORR"),
        ({"fnc_v4": 1, "mmc": 2}, "2xMMC + 1xFNCv4"),
        ({"fnc_v3": 1e-05}, "0.00001xFNCv3"),
        ({"corr": 100, "bmc": 1}, "100xCORR + 1xBMC"),
    ],
)
def test_multipliers_in_words(multipliers: dict[str, float], words: str) -> None:
    assert describe_multipliers(multipliers) == words
