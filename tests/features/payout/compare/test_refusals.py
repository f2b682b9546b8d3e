"""Questions about two rules that have no answer, and the sentence each gets."""

import math

import numpy as np
import pytest

from features.payout.compare import compare_payouts
from tests.features.payout.compare.by_pandas import ENDED, MODEL, NEVER_STAKED, ONE_THREE, TWO_ONE
from tournament.sample import SampleSource
from tournament.source import EVERYONE

WITHOUT_LINK = "quiet_heron"  # a name the sample does not have


async def refusal(source: SampleSource, **changed: object) -> str:
    asked: dict = {"name": EVERYONE, "proposed": ONE_THREE, "current": TWO_ONE} | changed
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - whole sentences are compared by the tests
        await compare_payouts(source, asked.pop("name"), asked.pop("proposed"), **asked)
    sentence = str(caught.value)
    assert len(sentence) < 500
    assert sentence.endswith((".", "?"))
    return sentence


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "modle_00005",
            "There is no model or account called “modle_00005” in this data. "
            "Did you mean model_00005, model_00057 or model_00035?",
        ),
        (WITHOUT_LINK, f"There is no model or account called “{WITHOUT_LINK}” in this data."),
        ("**bold** <@123>", "There is no model or account called “**bold** <@123>” in this data."),
        (
            "@everyone",
            "There is no model or account called “@everyone” in this data. Did you mean everyone?",
        ),
        ("", "That name is empty. Start typing a model's name and pick one from the list."),
        ("   ", "That name is empty. Start typing a model's name and pick one from the list."),
        ("x" * 10_000, "That name has 10,000 characters; names have at most 100."),
    ],
)
async def test_names_that_are_none(source: SampleSource, name: str, words: str) -> None:
    assert await refusal(source, name=name) == words


@pytest.mark.parametrize(
    ("rounds", "words"),
    [
        ("325-311", "Rounds 325-311 run backwards. Did you mean 311-325?"),
        ("326-330", "There is nothing in rounds 326-330: the data has rounds 168-325."),
        ("1-100", "There is nothing in rounds 1-100: the data has rounds 168-325."),
        (
            "0",
            "The last 0 rounds are no rounds. Write it like 20 (the last 20), 311-325, round 318 or all.",
        ),
        (
            "",
            "I can't read “” as a range of rounds. "
            "Write it like 20 (the last 20), 311-325, round 318 or all.",
        ),
        (
            "all of it",
            "I can't read “all of it” as a range of rounds. "
            "Write it like 20 (the last 20), 311-325, round 318 or all.",
        ),
        (
            "9" * 10_000,
            "That range of rounds has 10,000 characters. "
            "Write it like 20 (the last 20), 311-325, round 318 or all.",
        ),
    ],
)
async def test_rounds_that_are_none(source: SampleSource, rounds: str, words: str) -> None:
    assert await refusal(source, rounds=rounds) == words


EXAMPLES = "Try “1xCORR + 3xTC”, “2C1T” or “0.75 corr + 2.25 mmc clip 0.05”."
NO_SUCH_SCORE = (
    "so that rule can't be priced. "
    "It has CORR (rounds 168-321), TC (rounds 200-321) and FNCv3 (rounds 267-321)."
)


@pytest.mark.parametrize("which", ["proposed", "current"])
@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("1xCORR + 2xNMMC", f"This data has no NMMC, {NO_SUCH_SCORE}"),
        ("1 corr + 1 mmc + 1 fncv4", f"This data has no MMC or FNCv4, {NO_SUCH_SCORE}"),
        ("classic-2026-08-28", f"This data has no CORR60 or MMC60, {NO_SUCH_SCORE}"),
        ("", f"The rule is empty. {EXAMPLES}"),
        ("-1C3T", f"“-1C3T” is negative, and a multiplier is 0 or more. {EXAMPLES}"),
        ("nan corr", f"“nan” is no number to multiply by. {EXAMPLES}"),
        ("inf corr + 1 tc", f"“inf” is no number to multiply by. {EXAMPLES}"),
        ("1001C", f"“1001”: a multiplier must be from 0 to 1,000. {EXAMPLES}"),
        ("1C3T clip 0", f"“0”: clip must be above 0 and at most 1. {EXAMPLES}"),
        ("1C3T clip -0.05", f"“-0.05”: clip must be above 0 and at most 1. {EXAMPLES}"),
        ("1C3T clip nan", f"“clip” needs a number after it, not “nan”. {EXAMPLES}"),
        ("1C3T threshold 0", f"“0”: threshold must be above 0 and at most 1,000,000,000 NMR. {EXAMPLES}"),
        ("1C1C", f"“C” names CORR a second time. {EXAMPLES}"),
        (
            "x" * 10_000,
            f"A rule has at most 200 characters, this text has 10,000. {EXAMPLES}",
        ),
    ],
)
async def test_rules_that_are_none_or_lack_a_score(
    source: SampleSource, which: str, rule: str, words: str
) -> None:
    assert await refusal(source, **{which: rule}) == words


async def test_a_rule_is_refused_without_pinging_anybody(source: SampleSource) -> None:
    for rule in ("@everyone", "<@&900719925474099301>", "**1C** [a](https://a.b)"):
        sentence = await refusal(source, proposed=rule)
        assert not set(sentence.partition(" Try “")[0]) & set("@<>*[]")


@pytest.mark.parametrize("stake", [0, -1, -0.0, math.nan, math.inf, -math.inf, 11_000_000.5, 1e300])
@pytest.mark.parametrize("current", [None, TWO_ONE])
async def test_stakes_that_are_none(source: SampleSource, stake: float, current: str | None) -> None:
    assert await refusal(source, stake=stake, current=current) == (
        "A stake is a number of NMR above 0 and at most 11,000,000."
    )


@pytest.mark.parametrize("unit", ["USD", "nmr", "percent", "", "@everyone", "x" * 10_000])
async def test_units_that_are_none(source: SampleSource, unit: str) -> None:
    assert "NMR" in await refusal(source, unit=unit)


@pytest.mark.slow
async def test_all_the_nmr_there_is_can_be_a_stake(source: SampleSource) -> None:
    got = await compare_payouts(source, MODEL, ONE_THREE, current=TWO_ONE, stake=11_000_000)
    assert math.isfinite(got.difference)
    one = await compare_payouts(source, MODEL, ONE_THREE, current=TWO_ONE, stake=1)
    assert got.difference == pytest.approx(11_000_000 * one.difference)


async def test_a_model_with_nothing_in_the_rounds_says_where_it_has_something(source: SampleSource) -> None:
    assert await refusal(source, name=ENDED, rounds="311-325") == (
        f"{ENDED} has nothing in rounds 311-325: its scores are from rounds 248-310."
    )


async def test_a_model_that_was_never_staked_says_what_to_do(source: SampleSource) -> None:
    expected = (
        f"Nothing can be compared: the rounds of {NEVER_STAKED} from 239 to 310 are without a stake. "
        "Name a stake and a current rule to compare two rules on its scores, "
        "for example stake 100 and current 2xCORR + 1xTC."
    )
    assert await refusal(source, name=NEVER_STAKED) == expected
    assert await refusal(source, name=NEVER_STAKED, current=None) == expected
    assert await refusal(source, name=NEVER_STAKED, current=None, stake=100) == expected
    await compare_payouts(source, NEVER_STAKED, ONE_THREE, stake=100, current="2xCORR + 1xTC")


async def test_rounds_whose_pay_is_not_on_record_are_said_to_be(source: SampleSource) -> None:
    assert await refusal(source, current=None, proposed="1xCORR", rounds="185-190") == (
        "Nothing can be compared: the rounds of everyone from 185 to 190 are without a recorded payout. "
        "Try other rounds."
    )


async def test_rounds_before_a_score_was_computed_are_said_to_lack_it(source: SampleSource) -> None:
    assert await refusal(source, stake=100, current="1xCORR", rounds="168-177") == (
        "Nothing can be compared: the rounds of everyone from 168 to 177 "
        "are without a score that the proposed rule pays. Try other rounds."
    )
    assert await refusal(source, stake=100, proposed="1xCORR", current="1xTC", rounds="168-177") == (
        "Nothing can be compared: the rounds of everyone from 168 to 177 "
        "are without a score that the current rule pays. Try other rounds."
    )


async def test_a_typed_threshold_can_be_tried_on_every_round(source: SampleSource) -> None:
    # nothing was at risk in the first rounds: their factor is 1
    got = await compare_payouts(
        source, EVERYONE, "1xCORR threshold 150K", current="1xCORR", rounds="all", stake=1
    )
    assert got.rounds.tolist() == list(range(168, 322))
    assert np.isfinite(got.proposed.by_round).all()
