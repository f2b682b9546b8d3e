"""Every scheme of the table as a proposal: typed, read, spelled, and simulated."""

from dataclasses import replace

import numpy as np
import pytest

from features.simulation.impact_card import impact_answer, member_answer
from features.simulation.proposal_impact import member_impact, proposal_impact
from governance.proposals.parameters import parameters_text, parse_parameters
from scoring.schemes import SCHEMES
from tests.features.simulation.proposed import calendar, made_up, proposal, rows_of, stakes_of
from tests.ui.cards import check_answer

ASKED = {"number": 1, "rounds": None, "name": None, "tournament": None}
N, ROUNDS = 120, 60


@pytest.mark.slow
@pytest.mark.parametrize("name", SCHEMES)
async def test_from_what_is_typed_to_the_answer(name: str) -> None:
    scheme = SCHEMES[name]
    said = parse_parameters(f"weights: {scheme.example}", "classic")
    assert said.weights == name
    assert parse_parameters(parameters_text(said), "classic") == said
    rng = np.random.default_rng(3)
    corr = rng.normal(0.01, 0.02, (N, ROUNDS))
    made = made_up(corr.tolist(), stakes_of(rng.lognormal(3, 1, N).tolist(), guessed=False))
    rows = rows_of(corr.tolist())
    rows = replace(rows, likeness={"corr_with_meta_model": rng.uniform(0.4, 0.9, N * ROUNDS)})
    made = replace(made, rows=rows, known_rounds=calendar(ROUNDS))
    given = {"weights": name, **({"weights_cap": said.weights_cap} if said.weights_cap else {})}
    impact = await proposal_impact(made, proposal("weights", **given))
    assert impact.reason_not == ""
    assert impact.weights is not None
    assert impact.weights.after.sum() == pytest.approx(1)
    effect = impact.weights.meta_model
    assert effect is not None
    assert effect.rounds.size > 40, effect.finding
    answer = impact_answer(impact, ASKED)
    check_answer(answer)
    assert {"Effect on the meta model", "Effect on pay"} <= {card.heading for card in answer.details}
    member = await member_impact(made, proposal("weights", **given), "heron_5")
    check_answer(member_answer(member, {**ASKED, "name": "heron_5"}))
    assert member.weight is not None
    assert member.weight.pay is not None
