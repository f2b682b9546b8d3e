"""Cards of proposals' effects: within Discord's limits and a phone's width, with what was assumed."""

import asyncio
import math
import re
from dataclasses import replace
from typing import Any

import discord
import numpy as np
import pytest

from features.simulation.impact_card import impact_card, impact_fields, member_impact_card
from features.simulation.proposal_impact import MemberImpact, ProposalImpact, member_impact, proposal_impact
from governance.proposals.proposal import read_proposal
from tests.features.simulation.proposed import example
from tournament.sample import SampleSource

PHONE = 34  # letters that a line of a table may have on a phone


@pytest.fixture(scope="module")
def members(source: SampleSource) -> dict[int, MemberImpact]:
    return {
        number: asyncio.run(member_impact(source, example(number), "account_06446")) for number in range(1, 8)
    }


def check(card: discord.Embed) -> dict[str, str]:
    """The fields of a card that Discord takes and a phone shows."""
    told = card.to_dict()
    texts = [(told.get("title", ""), 256), (told.get("description", ""), 4096)]
    texts += [(told.get("footer", {}).get("text", ""), 2048)]
    fields = {field["name"]: field["value"] for field in told.get("fields", [])}
    assert len(fields) == len(told.get("fields", [])) <= 25
    for name, value in fields.items():
        assert name.strip()
        assert value.strip(), name
        texts += [(name, 256), (value, 1024)]
        for table in re.findall(r"```\n(.*?)\n```", value, re.DOTALL):
            assert max(len(line) for line in table.split("\n")) <= PHONE
    for text, most in texts:
        assert len(text) <= most, f"{len(text)} characters, {most} at most: {text[:80]}"
    assert sum(len(text) for text, _ in texts) <= 6000
    return fields


@pytest.mark.parametrize("number", range(1, 8))
def test_every_card_says_what_it_is_not(
    impacts: dict[int, ProposalImpact], members: dict[int, MemberImpact], number: int
) -> None:
    for card in (impact_card(impacts[number]), member_impact_card(members[number])):
        assumed = check(card)["Assumed"].split("\n")
        assert assumed[:2] == ["• Advisory, not binding on Numerai.", "• Assumes nobody changes behaviour."]
    fields = impact_fields(impacts[number])
    assert [(field.name, field.value) for field in impact_card(impacts[number]).fields] == fields
    assert member_impact_card(members[number]).footer.text.endswith("only you see this")
    simulated = number <= 5
    assert (impact_card(impacts[number]).image.url is not None) == simulated


def test_the_card_of_a_payout_change(impacts: dict[int, ProposalImpact]) -> None:
    fields = check(impact_card(impacts[1]))
    assert fields["Rounds 183-325, every round with these scores, whatever it paid"].split("\n")[0] == (
        "**+58,628 NMR**, from 65,463 to 124,091"
    )
    assert fields["Rounds 311-325, which paid CORR and TC"].split("\n") == [
        "**−2,125 NMR**, from 6,676 to 4,551",
        "−2.35 % of the stake at risk a round",
        "15 rounds: too few for an interval",
        "11 accounts gain, 44 lose; 75 % lose over 5 % of their stake",
    ]
    assert "TC is above half of CORR" in fields["When the old rule pays more"]
    assert "Rounds 311-325: 2,136 NMR" in fields["Full compensation"]
    assert "Softened, rounds 311-325" not in fields


def test_the_table_of_softening(impacts: dict[int, ProposalImpact]) -> None:
    table = check(impact_card(impacts[2]))["Softened, rounds 311-325"].split("\n")
    assert table[1:7] == [
        "NMR, rounds       costs     saves",
        "notice 8          1,299     1,297",
        "phase-in 40       1,802     1,810",
        "old rule 25       1,982     1,987",
        "together          2,119     2,130",
        "compensation      2,136     2,136",
    ]
    assert table[-1].endswith("The terms last longer than these 15 rounds.")


def test_the_card_of_a_cap(impacts: dict[int, ProposalImpact]) -> None:
    fields = check(impact_card(impacts[3]))
    assert fields["Weights of 4,227 guessed accounts"].split("\n")[2:5] == [
        "hold half       40       90",
        "effective       30      253",
        "largest       16 %      1 %",
    ]
    assert fields["Moved"] == "24 % of all weight. The largest account goes from 16 % to 1 %."
    assert fields["If accounts are not verified"] == (
        "The largest would weigh 10.00 times as much by splitting into ten."
    )
    assert "51 → 77 hold half, effective number 103 → 225" in fields["One guess matters"]
    assert fields["Effect on pay"].startswith(
        "None: payouts stay as they are. If they were counted on the new"
    )


@pytest.mark.parametrize(
    ("gain", "told"),
    [
        (math.nan, "What splitting would gain the largest account can't be told."),
        (1.0, "Splitting into ten would gain the largest account nothing."),
        (2.5, "The largest would weigh 2.50 times as much by splitting into ten."),
    ],
)
def test_what_splitting_gains(impacts: dict[int, ProposalImpact], gain: float, told: str) -> None:
    weights = impacts[3].weights
    assert weights is not None
    without = replace(weights, splitting=gain, pay=None, apart=None)
    fields = check(impact_card(replace(impacts[3], weights=without)))
    assert fields["If accounts are not verified"] == told
    assert fields["Effect on pay"] == "None: payouts stay as they are."
    assert "One guess matters" not in fields


def test_what_is_not_simulated_comes_with_its_terms(impacts: dict[int, ProposalImpact]) -> None:
    fields = check(impact_card(impacts[6]))
    assert fields["Not simulated"] == impacts[6].reason_not
    assert fields["Its terms"].startswith("• gate: 0.2\n• fallback: no payout and no burn in that round\n")


async def test_the_longest_allowed_proposal_fits(source: SampleSource) -> None:
    words, marks = "long words " * 27, "*_`~|" * 20
    payout = "1.12345xCORR + 2.12345xTC + 0.12345xFNCv3 clip 0.054321 threshold 72000.5"
    declined = dict.fromkeys(("review_on", "fallback"), words)
    longest: dict[str, Any] = {
        "eligibility": words, "rollback": words, "effective_round": 1_000_000, "notice_weeks": 260,
        "phase_in_rounds": 2000, "compensation": "grandfathering", "grandfathering_rounds": 2000,
        "min_correlation": 0.123456789, "stake_cap": 0.012345678, "stake_cap_nmr": 123456789.123,
        "weights": "cap", "weights_cap": 0.0123456789, "rule": payout, "declined": declined,
        "worked_examples": ["weight 0.02, split 90/10 -> 0.018 and 0.002"] * 5,
    }  # fmt: skip
    for kind in ("payout", "stake_cap", "weights", "eligibility", "other", "communication"):
        asked = read_proposal(
            {
                "title": marks, "tournament": "classic", "kind": kind, "problem": words, "change": words,
                "parameters": longest,
            }
        )  # fmt: skip
        card = impact_card(await proposal_impact(source, asked))
        check(card)
        assert card.description == f"**{discord.utils.escape_markdown(asked.title)}** ({_in_words(kind)})"
        check(member_impact_card(await member_impact(source, asked, "account_06446")))


def _in_words(kind: str) -> str:
    return {"stake_cap": "stake cap", "weights": "meta-model weights"}.get(kind, kind)


@pytest.mark.parametrize("by", [1e6, 9.996, -9.99, 0.5, 1e-9, -1e-9, 0.0])
def test_amounts_of_any_size_fit(impacts: dict[int, ProposalImpact], by: float) -> None:
    pay = impacts[2].pay
    assert pay is not None
    windows = []
    for window in pay.windows:
        gains, costs = window.result.gains, window.result.costs
        soft = {
            name: replace(getattr(costs, name), cost=-by, saved=by)
            for name in ("notice", "phase_in", "grandfather", "together")
        }
        result = replace(
            window.result,
            gains=replace(gains, old=by * gains.old, new=by * gains.new),
            costs=replace(costs, **soft, compensation=by),
        )
        windows.append(replace(window, result=result))
    fields = check(impact_card(replace(impacts[2], pay=replace(pay, windows=tuple(windows)))))
    written = {
        1e6: "1,000,000", 9.996: "10", -9.99: "−9.99", 0.5: "0.50", 1e-9: "0.00", -1e-9: "0.00", 0: "0"
    }  # fmt: skip
    table = fields["Softened, rounds 183-325"].split("\n")
    assert [line.split()[-1] for line in table[2:7]] == [written[by]] * 5


def test_sums_of_different_signs_have_no_level(impacts: dict[int, ProposalImpact]) -> None:
    pay = impacts[1].pay
    assert pay is not None
    window = pay.windows[0]
    gains = replace(window.result.gains, split=replace(window.result.gains.split, scale=math.nan))
    told = replace(pay, windows=(replace(window, result=replace(window.result, gains=gains)),))
    fields = check(impact_card(replace(impacts[1], pay=told)))
    assert fields["All alike, or some at the cost of others"] == (
        "Rounds 183-325: the two sums have different signs, so they can't be made equal."
    )


def test_a_members_card(members: dict[int, MemberImpact]) -> None:
    fields = check(member_impact_card(members[2]))
    assert fields["Rounds 183-325: +15.59 NMR"].split("\n") == [
        "1xCORR + 3xTC: 39.12 NMR",
        "2xCORR + 1xTC: 54.72 NMR",
        "+69.9 % of the 22.31 NMR at risk",
        fields["Rounds 183-325: +15.59 NMR"].split("\n")[3],
        "With the proposed softening **+14.85 NMR**, +66.6 %",
    ]
    assert "too few rounds for an interval" in fields["Rounds 311-325: +0.5135 NMR"]
    assert not any("softening" in value for value in check(member_impact_card(members[1])).values())
    weighed = check(member_impact_card(members[3]))
    assert weighed["Weight in the meta model"] == "0.0300 % → **0.0410 %**, 1.37 times"
    unranked = replace(members[4], name="a_b*c", weight=replace(members[4].weight, after=np.nan))  # type: ignore[type-var]
    card = member_impact_card(unranked)
    assert list(check(card)) == ["Assumed"]
    assert card.title == r"a\_b\*c has no score to be ranked by, so it would not be weighed."
