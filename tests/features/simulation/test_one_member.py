"""What proposals would have done to one member, in pay and in weight."""

from dataclasses import replace
from typing import Any

import pytest

from features.payout.compare import compare_payouts
from features.simulation.impact_card import member_answer
from features.simulation.proposal_impact import MemberImpact, member_impact
from tests.features.simulation.proposed import FALLING, NAN, example, made_up, proposal, stakes_of
from tournament.sample import SampleSource

ASKED = {"number": 1, "rounds": None, "name": "owl_0", "tournament": None}


@pytest.mark.parametrize("name", ["model_00930", "account_06446"])
async def test_a_members_pay_is_that_of_a_comparison(source: SampleSource, name: str) -> None:
    got = await member_impact(source, example(1), name.upper())
    assert (got.name, got.kind, got.old, got.new) == (
        name,
        name.split("_")[0],
        "1xCORR + 3xTC",
        "2xCORR + 1xTC",
    )
    for window, rounds in zip(got.windows, ("200-321", "311-321"), strict=False):
        compared = await compare_payouts(source, name, "2C1T", current="1C3T", rounds=rounds)
        assert window.old == pytest.approx(compared.current.total, abs=1e-9)
        assert window.new == pytest.approx(compared.proposed.total, abs=1e-9)
        assert window.intervals.total == pytest.approx(compared.interval, abs=1e-9, nan_ok=True)
        assert not window.rolling.together.any()  # nothing softens it
    assert len(got.windows) == (2 if name == "model_00930" else 1)  # the account stopped at round 306
    assert got.finding.startswith(f"{name} would have been paid ")


@pytest.mark.parametrize(
    ("name", "terms", "expected"),
    [
        ("owl_0", {"notice_weeks": 2}, [4] * 5),
        ("owl_0", {"phase_in_rounds": 4}, [2 + 1.5 + 1 + 0.5] * 3),
        ("owl_0", {"compensation": "grandfathering", "grandfathering_rounds": 4}, [8] * 3),
        ("owl_0", {"compensation": "full"}, [0] * 6),
        # it came in the third round: no start before that is one of its own
        ("owl_1", {"notice_weeks": 3}, [3] * 2),
        ("owl_1", {"compensation": "grandfathering", "grandfathering_rounds": 4}, [4]),
        ("owl_1", {}, [0] * 4),
    ],
)
async def test_a_members_softening_by_hand(name: str, terms: dict[str, Any], expected: list[float]) -> None:
    made = made_up(FALLING, stakes_of([100, 100]))
    got = await member_impact(made, proposal(rule="0C1T", **terms), name, baseline="1xCORR")
    (window,) = got.windows
    assert window.rolling.together == pytest.approx(expected)
    assert window.difference == pytest.approx(-12 if name == "owl_0" else -4)
    assert window.stake.tolist() == [100]
    assert window.span == "rounds 316-321"  # everyone's rounds, as on the proposal's card


async def test_members_who_have_nothing_are_told_so(source: SampleSource) -> None:
    for name, told in (
        ("everyone", "Name one model or account: what it does to everyone is on the proposal's card."),
        ("nobody at all", "There is no model or account called “nobody at all” in this data."),
        ("model_00112", "model_00112 has no resolved round with a stake."),
    ):
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - whole sentences are compared
            await member_impact(source, example(1), name)
        assert str(caught.value) == told
    made = made_up([[0.01] * 4, [0.01, NAN, NAN, NAN]], stakes_of([1, 1]))
    with pytest.raises(
        ValueError, match=r"^owl_1 has no staked round with the scores of both rules in rounds 317-319"
    ):
        await member_impact(made, proposal(rule="2C"), "owl_1", baseline="1C", rounds="317-319")


async def test_members_who_are_not_weighed_are_told_so() -> None:
    made = made_up([[0.01], [0.02]], stakes_of([60, 40, 100, 0]))
    ranked = proposal("weights", weights="account_rank")
    got = await member_impact(made, ranked, "heron_2")
    assert got.finding == "heron_2 has no score to be ranked by, so it would not be weighed."
    assert got.weight is not None
    assert got.weight.before == 0.5
    nothing = await member_impact(made, ranked, "heron_3")
    assert nothing.finding == "heron_3 has no stake, so it weighs nothing before and after."
    untold = replace(made, held=replace(stakes_of([60, 40]), account_of=None))
    with pytest.raises(ValueError, match=r"^Made up does not say whose model that is. Name the account.$"):
        await member_impact(untold, proposal("weights", weights="sqrt"), "owl_1")
    accounts: MemberImpact = await member_impact(untold, proposal("weights", weights="sqrt"), "heron_1")
    assert accounts.weight is not None
    assert accounts.weight.before == pytest.approx(0.4)


async def test_a_members_weight_and_pay_are_told_apart() -> None:
    """Roots of 64 and 36 are 8 and 6: .64 of the weight becomes 8 / 14, and pay would go with it."""
    made = made_up([[0.02] * 6, [0.01] * 6], stakes_of([64, 36]))
    got = await member_impact(made, proposal("weights", weights="sqrt"), "owl_0")
    assert got.weight is not None
    assert (got.weight.before, got.weight.after) == pytest.approx((0.64, 8 / 14))
    assert got.weight.pay is not None
    # .02 a round on 64 NMR for 6 rounds, and on 100 x 8 / 14
    assert got.weight.pay == pytest.approx((0.02 * 64 * 6, 0.02 * 100 * 8 / 14 * 6))
    assert got.weight.pay_sentence == (
        "Pay stays as it is. If it were counted on the new weights: 6.86 NMR instead of 7.68 at the pay per "
        "NMR of rounds 316-321, by the same scores."
    )
    assert got.weight.pay_sentence in member_answer(got, ASKED).card.text
    # one model of an account has its share of both
    both = made_up([[0.02] * 6, [0.02] * 6], stakes_of([64, 36], [0, 0]))
    got = await member_impact(both, proposal("weights", weights="sqrt"), "owl_1")
    assert got.weight is not None
    assert got.weight.pay == pytest.approx((0.02 * 36 * 6, 0.02 * 36 * 6))
    unknown = replace(made, rows=None)
    got = await member_impact(unknown, proposal("weights", weights="sqrt"), "heron_0")
    assert got.weight is not None
    assert (got.weight.pay, got.weight.pay_sentence) == (None, "")
    told = {card.heading: card.text for card in member_answer(got, ASKED).details}
    assert told["Effect on pay"] == "What it was paid per NMR is not known, so neither is its pay."
