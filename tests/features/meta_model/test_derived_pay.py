"""A proposed rule that pays by MMC, on rounds that never published it: as a comparison has it, labelled."""

import asyncio

import pytest

from features.meta_model.derived import told_of
from features.payout.compare import compare_payouts
from features.simulation.effect import effect_sentence
from features.simulation.impact_card import impact_card, member_card
from features.simulation.impact_details_card import impact_pages
from features.simulation.proposal_impact import ProposalImpact, member_impact, proposal_impact
from tests.features.simulation.proposed import pay_of, proposal
from tournament import source as field_module
from tournament.sample import SampleSource
from tournament.source import EVERYONE

TODAY, BEFORE = "0.5xCORR + 2xMMC", "1xCORR + 3xTC"
MODEL = "model_07585"


@pytest.fixture(scope="module")
def impact(source: SampleSource) -> ProposalImpact:
    return asyncio.run(proposal_impact(source, proposal(rule=TODAY), baseline=BEFORE))


async def test_it_pays_what_a_comparison_has_and_is_off_as_much(
    source: SampleSource, impact: ProposalImpact
) -> None:
    window, *_ = pay_of(impact).windows
    rounds = f"{window.rounds[0]}-{window.rounds[-1]}"
    compared = await compare_payouts(source, EVERYONE, TODAY, current=BEFORE, rounds=rounds)
    assert (window.new, window.old) == pytest.approx((compared.proposed.total, compared.current.total))
    part = pay_of(impact).derived
    assert part is not None
    assert compared.derived is not None
    assert (part.rows, part.of, part.error) == pytest.approx(
        (compared.derived.rows, compared.derived.of, compared.derived.error)
    )
    assert 0 < part.rows < part.of, "rounds 225 to 273 have some that were published"


async def test_it_says_so_wherever_it_is_told(impact: ProposalImpact) -> None:
    assert impact.finding.endswith(" (MMC derived).")
    assert effect_sentence(impact).endswith(" (MMC derived).")
    assert pay_of(impact).headline.endswith(" (MMC derived)")
    card = impact_card(impact)
    assert card.heading.endswith(" (MMC derived)")
    assert " · MMC derived in " in card.small
    assert card.small.endswith("(k 0.79, r 0.93, rmse 0.0044)")
    assumed = impact_pages(impact)[-1][1]
    assert "MMC is derived: 0.7939 x (CORR - correlation with the meta model" in assumed
    assert "An MMC that is off by its rmse moves the difference by" in assumed


async def test_a_member_is_told_what_the_members_own_pay_rests_on(source: SampleSource) -> None:
    own = await member_impact(source, proposal(rule=TODAY), MODEL, baseline=BEFORE)
    window, *_ = own.windows
    rounds = f"{window.rounds[0]}-{window.rounds[-1]}"
    compared = await compare_payouts(source, MODEL, TODAY, current=BEFORE, rounds=rounds)
    assert (window.new, window.old) == pytest.approx((compared.proposed.total, compared.current.total))
    assert own.derived is not None
    assert compared.derived is not None
    assert own.derived.error == pytest.approx(compared.derived.error)
    assert (own.derived.rows, own.derived.of) == (compared.derived.rows, compared.derived.of)
    assert set(own.derived.sentences) <= set(own.assumptions)
    assert member_card(own).heading.endswith(" (MMC derived)")
    assert " · MMC derived in " in member_card(own).small


@pytest.mark.slow
async def test_it_can_be_what_a_rule_is_compared_with(source: SampleSource) -> None:
    impact = await proposal_impact(source, proposal(rule="2C1T"), baseline=TODAY)
    assert pay_of(impact).derived is not None
    other = await proposal_impact(source, proposal(rule="2C1T"), baseline=BEFORE)
    assert pay_of(other).derived is None
    assert (
        "derived"
        not in f"{other.finding}{effect_sentence(other)}{other.assumptions}{impact_card(other).small}"
    )


@pytest.mark.slow
@pytest.mark.parametrize("rule", [TODAY, "2C1T"])
async def test_pieces_of_everyone_are_as_all_at_once(
    source: SampleSource, rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = pay_of(await proposal_impact(source, proposal(rule=rule), baseline=BEFORE))
    monkeypatch.setattr(field_module, "PIECE", 8_000)
    pieces = pay_of(await proposal_impact(source, proposal(rule=rule), baseline=BEFORE))
    for found, expected in zip(pieces.windows, whole.windows, strict=True):
        assert (found.new, found.old, found.rows) == pytest.approx(
            (expected.new, expected.old, expected.rows)
        )
    assert told_of(pieces.derived) == told_of(whole.derived)
    assert (whole.derived is None) == (rule != TODAY)
