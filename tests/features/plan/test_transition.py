"""What softening a change of rules costs: by pandas on the sample, from every start."""

import numpy as np
import pandas as pd
import pytest

from features.plan.transition import SoftenedChange, softened_change
from features.plan.transition_card import transition_answer
from scoring.intervals import ewc_interval
from tests.features.simulation.proposed import made_up
from tests.ui.cards import check_answer
from tournament.sample import SampleSource

ASKED = {
    "proposed": "2C1T", "current": "1C3T", "notice": 8, "phase_in": 40, "grandfather": 0,
    "compensation": "none", "tournament": "classic",
}  # fmt: skip


def paid(rows: pd.DataFrame, corr: float, tc: float) -> pd.Series:
    """NMR of each row at the terms of the time: the factor came after the clip in rounds 311 to 315."""
    score, factor = corr * rows["corr"] + tc * rows["tc"], rows["payout_factor"]
    outside = rows["round"].between(311, 315)
    inside = (factor * score).clip(-0.25, 0.25)
    return inside.where(~outside, factor * score.clip(-0.25, 0.25)) * rows["stake_nmr"]


def told_of(found: SoftenedChange, **asked: object) -> str:
    return check_answer(transition_answer(found, ASKED | asked)).replace("\\", "")


@pytest.mark.slow
async def test_notice_and_phase_in_from_every_start(source: SampleSource, rows: pd.DataFrame) -> None:
    known = rows[rows["tc"].notna() & rows["corr"].notna() & (rows["stake_nmr"] > 0)]
    old, new = paid(known, 1, 3), paid(known, 2, 1)
    more = (old - new).groupby(known["round"]).sum()  # what the old rule pays more in a round
    kept = 1 - np.clip((np.arange(48) - 8) / 40, 0, 1)
    costs = [kept @ more.to_numpy()[start : start + 48] for start in range(more.size - 47)]
    found = await softened_change(source, notice=8, phase_in=40)
    assert found.costs == pytest.approx(costs, rel=1e-6)
    assert found.window.difference == pytest.approx(-more.sum())
    told = told_of(found)
    assert f"the median of {len(costs)} starts" in told
    assert "1xCORR + 3xTC to 2xCORR + 1xTC, 8 weeks of notice, phased in over 40 rounds." in told


@pytest.mark.slow
async def test_who_clearly_gains_is_told_from_luck(source: SampleSource, rows: pd.DataFrame) -> None:
    known = rows[rows["tc"].notna() & rows["corr"].notna() & (rows["stake_nmr"] > 0)]
    old, new = paid(known, 1, 3), paid(known, 2, 1)
    by_round = (new - old).groupby([known["account"], known["round"]]).sum()
    found = await softened_change(source, notice=0)
    intervals = [ewc_interval(each.to_numpy()) for _, each in by_round.groupby(level=0) if each.size >= 30]
    gain, lose = sum(each.low > 0 for each in intervals), sum(each.high < 0 for each in intervals)
    clear = found.window.clear
    # accounts are counted as the leaderboard guesses them, which here and there is not the file's column
    assert (clear.gain, clear.lose, clear.judged) == pytest.approx((gain, lose, len(intervals)), abs=8)
    told = told_of(found, notice=0, phase_in=0)
    assert f"{clear.gain} clearly gain" in told
    assert "can't be told from luck" in told
    assert found.terms == "at once"


@pytest.mark.slow
async def test_compensation_or_grandfathering(source: SampleSource) -> None:
    full = await softened_change(source, notice=0, compensation="full")
    assert full.compensation in told_of(full, notice=0, phase_in=0, compensation="full")
    kept = await softened_change(source, notice=0, grandfather=26)
    assert kept.costs == pytest.approx(kept.window.rolling.grandfather)
    assert "the old rule for 26 rounds for who is there" in told_of(
        kept, notice=0, phase_in=0, grandfather=26
    )
    with pytest.raises(ValueError, match="not both"):
        await softened_change(source, grandfather=26, compensation="full")


@pytest.mark.slow
async def test_too_long_to_follow(source: SampleSource) -> None:
    found = await softened_change(source, phase_in=400)
    assert found.finding == "Softening takes 408 rounds: too long to follow here"
    assert not found.costs.size
    told_of(found, phase_in=400)


@pytest.mark.parametrize(
    ("rules", "terms", "sentence"),
    [
        (("magic", "1C"), {}, "magic"),
        (("2C", "magic"), {}, "magic"),
        (("2C", "2C"), {}, "pay alike"),
        (("2C", "1C"), {"notice": -1}, "0 or more"),
        (("2C", "1C1alpha"), {}, "no ALPHA"),
    ],
)
async def test_what_makes_no_sense_is_refused(rules: tuple[str, str], terms: dict, sentence: str) -> None:
    source = made_up([[0.01, -0.02, 0.03] * 14, [0.02, 0.01, -0.01] * 14])
    with pytest.raises(ValueError, match=sentence):
        await softened_change(source, *rules, **terms)
