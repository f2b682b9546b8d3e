"""The first screens of what a proposal would have done: the finding, how sure, and what can be tapped."""

from dataclasses import replace

import pandas as pd

from features.simulation.impact_card import impact_answer, member_answer
from features.simulation.proposal_impact import ProposalImpact, member_impact
from tests.features.simulation.answered import ASKED
from tests.features.simulation.proposed import example
from tournament.sample import SampleSource


def test_the_first_screen_for_everyone(impacts: dict[int, ProposalImpact], frame: pd.DataFrame) -> None:
    answer = impact_answer(impacts[1], ASKED, "model_07585")
    every, newest = frame["gap"].sum(), frame.loc[frame["round"] >= 311, "gap"].sum()
    assert answer.card.heading == (
        f"Everyone would have been paid {every:,.0f} NMR more in all 122 rounds, but {-newest:,.0f} less in "
        "the 11 that paid CORR and TC"
    )
    old, new = frame["old"].sum(), frame["new"].sum()
    sums = f"{old:,.0f} NMR by 1xCORR + 3xTC, {new:,.0f} by 2xCORR + 1xTC"
    assert answer.card.text.endswith(f"\n{sums}")
    assert answer.card.after == (
        "**How sure** +20,073 to +112,482 NMR (95 %): luck alone hardly explains it.\n"
        "Of 423 accounts 88 clearly gain, none clearly loses."
    )
    rounds, whose = answer.menus
    assert [choice.change for choice in rounds.choices] == [
        {"rounds": None}, {"rounds": "20"}, {"rounds": "200-214"}, {"rounds": "215-310"},
        {"rounds": "311-321"}, "rounds",
    ]  # fmt: skip
    assert [choice.change for choice in whose.choices] == [{"name": None}, {"name": "model_07585"}, "name"]


async def test_the_first_screen_for_one(source: SampleSource, frame: pd.DataFrame) -> None:
    own = frame[frame["model"] == "model_07585"]
    impact = await member_impact(source, example(1), "model_07585", rounds="311-321")
    lost = -own.loc[own["round"] >= 311, "gap"].sum()
    card = member_answer(replace(impact, yours=True), {**ASKED, "name": impact.name}).card
    assert card.heading == f"You would have been paid {lost:,.0f} NMR less in rounds 311-321"
    shared = member_answer(impact.for_others("somebody_else"), ASKED)
    assert shared.card.heading == f"One model would have been paid {lost:,.0f} NMR less in rounds 311-321"
    assert "07585" not in "".join(card.said for card in (shared.card, *shared.details))
    assert "model_07585" in member_answer(impact.for_others("model_07585"), ASKED).card.heading
