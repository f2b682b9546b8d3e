"""What can't be simulated or is mistyped says why, and every example is one or the other."""

import pytest

from features.simulation.proposal_impact import ProposalImpact, member_impact, proposal_impact
from governance.proposals.proposal import Proposal
from tests.features.simulation.proposed import NAN, MadeUp, calendar, example, made_up, proposal, stakes_of
from tournament.sample import SampleSource
from tournament.source import SourceError

# ---------------------------------------------------------------- the sample, by pandas


@pytest.mark.slow
@pytest.mark.parametrize("number", range(1, 8))
async def test_every_example_is_simulated_or_says_why_not(
    source: SampleSource, impacts: dict[int, ProposalImpact], number: int
) -> None:
    read, impact = example(number), impacts[number]
    assert (impact.pay is not None) == (number in (1, 2))
    assert (impact.weights is not None) == (number in (3, 4, 5))
    assert bool(impact.reason_not) == (number in (6, 7))
    assert impact.title == read.title
    assert "notice" in dict(impact.parameters)
    assert impact.finding.endswith(".")
    for name in ("account_06446", "model_07585"):
        member = await member_impact(source, read, name)
        assert (member.name, member.kind) == (name, "" if number in (6, 7) else name.split("_")[0])
        assert member.reason_not == impact.reason_not
        assert member.finding.endswith(".")


# ---------------------------------------------------------------- what can't be simulated, what is mistyped


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (proposal(), "It names no payout rule, so there is nothing to price."),
        (proposal("stake_cap"), "It names no cap, so nothing is capped."),
        (proposal("weights"), "It names no scheme, so there is nothing to weigh by."),
        (proposal("other", rule="2C"), "Nothing in it is a rule, a cap or a scheme that could be simulated."),
        (
            proposal("eligibility", eligibility="verified accounts"),
            "Who may take part is said in words, and words can't be simulated.",
        ),
        (
            proposal("payout", "signals", rule="1xMPC"),
            "It is about Signals, and Sample, 2022 has the numbers of Classic.",
        ),
        (
            proposal(rule="0.5 corr + 2 nmmc"),
            "This data has no NMMC, so that rule can't be priced. It has CORR (rounds 168-321), "
            "TC (rounds 200-321) and FNCv3 (rounds 267-321).",
        ),
        (
            proposal("stake_cap", stake_cap=0.0001),
            "A cap of 0.01 % is too low: 4227 holders with at most that much each have less than 100 % "
            "together.",
        ),
    ],
    ids=lambda said: getattr(said, "kind", ""),
)
async def test_what_cannot_be_simulated_says_why(source: SampleSource, said: Proposal, reason: str) -> None:
    impact = await proposal_impact(source, said)
    assert (impact.pay, impact.weights) == (None, None)
    assert impact.reason_not == impact.finding == reason
    name = "model_00930" if said.kind == "payout" else "account_06446"
    member = await member_impact(source, said, name)
    assert member.reason_not == member.finding == reason
    assert (member.windows, member.weight) == ((), None)


async def test_a_source_without_rows_says_so() -> None:
    unstaked = made_up([[0.01] * 3], stake=0.0)
    impact = await proposal_impact(unstaked, proposal(rule="2C1T"))
    assert impact.reason_not == "Made up has no resolved round with a stake yet."
    never = made_up([[0.01] * 3], tc=NAN)
    impact = await proposal_impact(never, proposal(rule="1C1T"), baseline="1xCORR")
    assert impact.reason_not == "No staked round in Made up has the scores of both 1xCORR and 1xCORR + 1xTC."
    ranked = MadeUp(None, calendar(3), stakes_of([2, 1]))
    impact = await proposal_impact(ranked, proposal("weights", weights="account_rank"))
    assert impact.reason_not == (
        "This source does not say whose models are whose, so accounts can't be ranked."
    )
    with pytest.raises(SourceError, match="scores have not been read"):
        await proposal_impact(ranked, proposal(rule="2C1T"))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"rounds": "soon"}, "I can't read “soon” as a range of rounds."),
        ({"rounds": "325-311"}, "Rounds 325-311 run backwards. Did you mean 311-325?"),
        ({"rounds": "400-410"}, "There is nothing in rounds 400-410: the data has rounds 200-321."),
        ({"baseline": "1xNMMC"}, "This data has no NMMC, so that rule can't be priced."),
        ({"baseline": "3xXYZ"}, "“XYZ” is not a score I know"),
        ({"baseline": "classic-1999"}, "“classic-1999” is no rule on record"),
        ({"baseline": "live"}, "Sample, 2022 announces no live rule."),
    ],
)
async def test_what_is_mistyped_gets_a_sentence(
    source: SampleSource, asked: dict[str, str], told: str
) -> None:
    for question in (
        proposal_impact(source, example(1), **asked),
        member_impact(source, example(1), "model_00930", **asked),
    ):
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - sentences are compared
            await question
        assert str(caught.value).startswith(told)


async def test_a_threshold_that_is_no_share(source: SampleSource) -> None:
    with pytest.raises(ValueError, match=r"^The threshold must be a share of the stake"):
        await proposal_impact(source, example(1), losing_more_than=-1)
