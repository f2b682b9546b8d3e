"""Cards of proposals' effects: within Discord's limits and a phone's width, with what was assumed."""

import asyncio
import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from features.simulation.impact_card import impact_answer, member_answer
from features.simulation.proposal_impact import MemberImpact, ProposalImpact, member_impact, proposal_impact
from governance.proposals.proposal import Proposal, read_proposal
from tests.features.simulation.answered import ASKED, of_all, of_one
from tests.features.simulation.proposed import example, made_up, proposal
from tests.scoring.change.test_clear import interval
from tournament.sample import SampleSource
from ui.text import plain


@pytest.fixture(scope="module")
def members(source: SampleSource) -> dict[int, MemberImpact]:
    return {
        number: asyncio.run(member_impact(source, example(number), "account_06446")) for number in range(1, 8)
    }


@pytest.mark.slow
@pytest.mark.parametrize("number", range(1, 8))
def test_every_card_says_what_it_is_not(
    impacts: dict[int, ProposalImpact], members: dict[int, MemberImpact], number: int
) -> None:
    for fields in (of_all(impacts[number]), of_one(members[number])):
        assumed = fields["What was assumed"].split("\n")
        assert assumed[:2] == ["• Advisory, not binding on Numerai.", "• Assumes nobody changes behaviour."]
    simulated = number <= 5
    for answer in (impact_answer(impacts[number], ASKED), member_answer(members[number], ASKED)):
        assert answer.card.small.casefold().rstrip(".").endswith("advisory, not binding on numerai")
        assert (answer.card.draw is not None) == simulated


@pytest.mark.slow
def test_the_card_of_a_payout_change(impacts: dict[int, ProposalImpact], frame: pd.DataFrame) -> None:
    fields = of_all(impacts[1])
    every = fields["Rounds 200-321, every round with these scores, whatever it paid"].split("\n")
    assert every[0] == "**+66,278 NMR**, from 57,899 to 124,177"
    points = 100 * frame["gap"].sum() / frame["stake_nmr"].sum()
    assert every[1] == f"{points:+.2f} points of stake a round, rounds weighted by stake at risk"
    assert every[2] == "95 %: +20,073 to +112,482 NMR, 122 rounds"
    lost = -frame.groupby("account")["gap"].sum()
    held = frame.groupby(["account", "round"])["stake_nmr"].sum().groupby("account").mean()
    assert every[3:] == [
        "Of 423 accounts with at least 30 rounds 88 clearly gain, none clearly loses, 335 can't be told from "
        f"luck. {100 * (lost > 0.05 * held).mean():.0f} % of the accounts got over 5.00 points of their "
        "stake less, luck included."
    ]
    newest = fields["Rounds 311-321, which paid CORR and TC"].split("\n")
    assert newest[0] == "**−1,933 NMR**, from 4,989 to 3,055"
    assert newest[2] == (
        "11 rounds are too few for an interval: neighbouring ones overlap, so they hold about 1 independent "
        "stretch."
    )
    assert newest[3] == (
        "The largest account held 59 % of the stake; without it −852.0 NMR (11 rounds: no interval)"
    )
    assert newest[4].startswith("No account has 30 rounds: who gains can't be told from luck. ")
    assert [line.split(":")[0] for line in fields["By what was paid"].split("\n")] == [
        f"• Rounds {first}-{last} paid {scores}, {models} models"
        for (first, last, scores), models in zip(
            ((200, 214, "CORR"), (215, 310, "CORR and MMC"), (311, 321, "CORR and TC")),
            frame.groupby(pd.cut(frame["round"], [0, 214, 310, 400]), observed=True)["model"].nunique(),
            strict=True,
        )
    ]
    assert "TC is above half of CORR" in fields["When the old rule pays more"]
    assert fields["All alike, or some at the cost of others"].split("\n")[0] == (
        "Rounds 200-321: can't be told, as models came and went in these rounds."
    )
    paid_back = -frame[frame["round"] >= 311].groupby("account")["gap"].sum().clip(upper=0).sum()
    assert f"Rounds 311-321: {paid_back:,.0f} NMR" in fields["Full compensation"]
    assert fields["Full compensation"].endswith("85 to 99 of 100 hold what they should.")
    assert "Softened, rounds 200-321" not in fields


def test_what_softening_costs(impacts: dict[int, ProposalImpact]) -> None:
    fields = of_all(impacts[2])
    told = fields["Softened, rounds 200-321"].split("\n")
    # the amounts are those of pandas, see test_pay_by_pandas
    names = ("Notice of 8 rounds", "Phase-in over 40 rounds", "Old rule for 25 rounds", "Together")
    assert [line.split(":")[0] for line in told[:4]] == [f"• {name}" for name in names]
    assert told[4] == (
        "What the payer pays more than by the new rule at once: median and range of 75 starts in rounds "
        "200-321."
    )
    assert fields["Softened, rounds 311-321"] == (
        "It takes 48 rounds, more than these 11: what it costs can't be followed to its end."
    )


@pytest.mark.slow
async def test_the_same_rule_twice_is_no_difference(source: SampleSource) -> None:
    asked = proposal(rule="1C3T", notice_weeks=2)
    impact = await proposal_impact(source, asked, baseline="1C3T", rounds="183-400")
    assert impact.finding == (
        "1xCORR + 3xTC would have paid the same as 1xCORR + 3xTC over rounds 200-321 (you asked for rounds "
        "183-400)."
    )
    fields = of_all(impact)
    assert list(fields) == [
        "Rounds 200-321, the rounds asked for",
        "When the old rule pays more",
        "What was assumed",
    ]
    assert fields["Rounds 200-321, the rounds asked for"] == "Both rules pay alike in each of 122 rounds."
    member = await member_impact(source, asked, "model_07585", baseline="1C3T", rounds="183-400")
    assert member.finding == (
        "model_07585 would have been paid the same over rounds 200-321 (you asked for rounds 183-400)."
    )
    told = of_one(member)
    assert told["Rounds 200-321: No difference"] == "Both rules pay alike in each of 122 rounds."


async def test_a_difference_too_small_to_show_is_the_same() -> None:
    made = made_up([[0.01] * 20], stake=1e-4)
    impact = await proposal_impact(made, proposal(rule="2C"), baseline="1C")
    assert impact.finding.startswith("2xCORR would have paid the same as 1xCORR over ")
    assert "than 0.0001" not in str(of_all(impact))


@pytest.mark.slow
@pytest.mark.parametrize("rounds", ["311-321", "round 318", "20", "250-300"])
async def test_shares_of_the_stake_are_points_everywhere(source: SampleSource, rounds: str) -> None:
    for number in (1, 2):
        impact = await proposal_impact(source, example(number), rounds=rounds)
        member = await member_impact(source, example(number), "model_07585", rounds=rounds)
        for told in (*of_all(impact).values(), *of_one(member).values()):
            assert not re.search(r"%[^.]* (of|at) (the|their) stake at risk", told), told
            assert not re.search(r"[+−][\d.,]+ %", told), told


def test_the_card_of_a_cap(impacts: dict[int, ProposalImpact]) -> None:
    fields = of_all(impacts[3])
    assert fields["Weights of 4,227 guessed accounts"].split("\n")[2:5] == [
        "hold half     40     90",
        "effective     30    253",
        "largest     16 %    1 %",
    ]
    assert fields["Moved"] == "24 % of all weight. The largest account goes from 16 % to 1 %."
    assert fields["If accounts are not verified"] == (
        "The largest would weigh 10.00 times as much by splitting into ten."
    )
    assert "51 → 77 hold half, effective number 103 → 225" in fields["If one guessed account is none"]
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
    fields = of_all(replace(impacts[3], weights=without))
    assert fields["If accounts are not verified"] == told
    assert fields["Effect on pay"] == "None: payouts stay as they are."
    assert "If one guessed account is none" not in fields


def test_what_is_not_simulated_comes_with_its_terms(impacts: dict[int, ProposalImpact]) -> None:
    fields = of_all(impacts[6])
    assert fields["Not simulated"] == impacts[6].reason_not
    assert fields["Its terms"].startswith("• gate: 0.2\n• fallback: no payout and no burn in that round\n")


@pytest.mark.slow
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
        impact = await proposal_impact(source, asked)
        of_all(impact)
        assert impact_answer(impact, ASKED).card.text.startswith(f"**{plain(asked.title)}**\n")
        of_one(await member_impact(source, asked, "account_06446"))


@pytest.mark.parametrize("by", [1e6, 9.996, -9.99, 0.5, 1e-9, -1e-9, 0.0])
def test_amounts_of_any_size_fit(impacts: dict[int, ProposalImpact], by: float) -> None:
    pay = impacts[2].pay
    assert pay is not None
    windows = []
    for window in pay.windows:
        gains, costs, rolling = window.result.gains, window.result.costs, window.rolling
        same = np.full(rolling.starts.size, by)
        soft = dict.fromkeys(("notice", "phase_in", "grandfather", "together"), same)
        result = replace(
            window.result,
            gains=replace(gains, old=by * gains.old, new=by * gains.new),
            costs=replace(costs, compensation=by),
        )
        windows.append(replace(window, result=result, rolling=replace(rolling, **soft)))
    fields = of_all(replace(impacts[2], pay=replace(pay, windows=tuple(windows))))
    written = {
        1e6: "+1,000,000 NMR (+1,000,000 to +1,000,000)", 9.996: "+10.00 NMR (+10.00 to +10.00)",
        -9.99: "−9.99 NMR (−9.99 to −9.99)", 0.5: "+0.5000 NMR (+0.5000 to +0.5000)",
        1e-9: "less than 0.0001 NMR (less than 0.0001 to less than 0.0001)",
        -1e-9: "less than 0.0001 NMR (less than 0.0001 to less than 0.0001)", 0: "0 NMR (0 to 0)",
    }  # fmt: skip
    told = fields["Softened, rounds 200-321"].split("\n")
    assert [line.split(": ")[1] for line in told[:4]] == [written[by]] * 4


def test_sums_of_different_signs_have_no_level(impacts: dict[int, ProposalImpact]) -> None:
    pay = impacts[1].pay
    assert pay is not None
    window = pay.windows[0]
    gains = replace(window.result.gains, split=replace(window.result.gains.split, scale=math.nan))
    changed = replace(window, result=replace(window.result, gains=gains), not_split="")
    told = replace(pay, windows=(changed,))
    fields = of_all(replace(impacts[1], pay=told))
    assert fields["All alike, or some at the cost of others"] == (
        "Rounds 200-321: the two sums have different signs, so they can't be made equal."
    )


def full_compensation() -> Proposal:
    return proposal(rule="2C1T", compensation="full")


async def test_a_members_card(
    source: SampleSource, members: dict[int, MemberImpact], frame: pd.DataFrame
) -> None:
    own = frame[frame["model"] == "model_07585"]
    large = await member_impact(source, example(2), "model_07585")
    fields = of_one(large)
    old, new, held = own["old"].sum(), own["new"].sum(), own["stake_nmr"].mean()
    every = fields[f"Rounds 200-321: {new - old:+,.0f} NMR"].split("\n")
    low, high = (len(own) * end for end in interval(own["gap"].to_numpy()))
    assert every[:4] == [
        f"1xCORR + 3xTC: {old:,.0f} NMR",
        f"2xCORR + 1xTC: {new:,.0f} NMR",
        f"{100 * (new - old) / held:+.1f} points of stake in all, of {held:,.0f} NMR at risk in a round",
        f"95 %: {low:+,.0f} to {high:+,.0f} NMR, 122 rounds: luck alone could turn it".replace("-", "−"),
    ]
    assert every[6].startswith("Rounds 311-321 paid CORR and TC, 1xCORR and no TC chosen: −1,081 NMR")
    kept = np.maximum(1 - np.clip((np.arange(48) - 8) / 40, 0, 1), np.arange(48) < 25)
    gap = -own.sort_values("round")["gap"].to_numpy()
    costs = [(gap[start : start + 48] * kept).sum() for start in range(75)]
    amounts = f"{np.median(costs):,.0f} NMR ({min(costs):,.0f} to {max(costs):,.1f})".replace("-", "−")
    assert every[7] == (f"The softening adds {amounts}: median and range of 75 starts in these rounds")
    newest = fields["Rounds 311-321: −1,081 NMR"]
    assert "11 rounds are too few for an interval" in newest
    assert "The softening takes 48 rounds, too many to follow here" in newest
    assert not any("softening" in value for value in of_one(members[1]).values())
    full = of_one(await member_impact(source, full_compensation(), "model_07585"))
    assert full["Rounds 311-321: −1,081 NMR"].endswith("\nFull compensation pays back 1,081 NMR")
    assert "pays back" not in full[f"Rounds 200-321: {new - old:+,.0f} NMR"]
    weighed = of_one(members[3])
    assert weighed["Weight in the meta model"] == "0.0300 % → **0.0410 %**, 1.37 times"
    unranked = replace(members[4], name="a_b*c", weight=replace(members[4].weight, after=np.nan))  # type: ignore[type-var]
    assert list(of_one(unranked)) == ["What was assumed"]
    heading = member_answer(unranked, ASKED).card.heading
    assert heading == r"a_b\*c has no score to be ranked by, so it would not be weighed."
