"""Whether a fall is unusual: by pandas on the sample, on made-up records, and what others may see."""

import numpy as np
import pandas as pd
import pytest

from features.plan.drawdown import UnusualFall, unusual_fall
from features.plan.drawdown_card import drawdown_answer
from features.plan.drawdown_chart import picture_of_fall
from scoring.drawdown.resampled import drawdown_chances
from tests.features.simulation.proposed import made_up
from tests.ui.cards import check_answer
from tournament.sample import SampleSource

ASKED = {"name": None, "measure": "corr", "tournament": "classic"}


def by_pandas(values: pd.Series) -> tuple[float, int, int]:
    """Depth, and the rounds of the bottom and of the peak before it."""
    level = values.cumsum()
    below = level.cummax().clip(lower=0) - level
    bottom = below.idxmax()
    return float(below.max()), bottom, level.loc[:bottom].idxmax()


def told_of(found: UnusualFall) -> str:
    asked = ASKED | {"name": found.name or None, "measure": found.measure.typed}
    return check_answer(drawdown_answer(found, asked))


@pytest.mark.slow
@pytest.mark.parametrize("measure", ["corr", "tc", "pay"])
async def test_a_model_is_what_pandas_finds(source: SampleSource, rows: pd.DataFrame, measure: str) -> None:
    own = rows[rows["model"] == "model_07585"].set_index("round").sort_index()
    values = own["payout_nmr"] / own["stake_nmr"] if measure == "pay" else own[measure]
    values = values[np.isfinite(values)]
    found = await unusual_fall(source, "model_07585", measure)
    depth, bottom, peak = by_pandas(values)
    assert found.values == pytest.approx(values.to_numpy())
    assert found.fall.depth == pytest.approx(depth)
    assert found.numbers[found.fall.trough - 1] == bottom
    assert found.numbers[found.fall.peak - 1] == peak
    assert found.overlap == 5
    told_of(found)


@pytest.mark.slow
async def test_an_account_is_its_models_by_stake(source: SampleSource, rows: pd.DataFrame) -> None:
    own = rows[(rows["account"] == "account_03793") & rows["corr"].notna()]
    staked = own.groupby("round")["stake_nmr"].transform("sum") > 0
    own = own.assign(weight=own["stake_nmr"].where(staked, 1.0))
    sums = own.assign(corr=own["corr"] * own["weight"]).groupby("round")[["corr", "weight"]].sum()
    found = await unusual_fall(source, "account_03793")
    assert found.values == pytest.approx((sums["corr"] / sums["weight"]).to_numpy())
    assert "An account's round is the mean of its models, weighted by stake." in told_of(found)


@pytest.mark.slow
async def test_the_meta_model_s_fall_is_not_unusual(source: SampleSource, rows: pd.DataFrame) -> None:
    found = await unusual_fall(source)
    known = rows.dropna(subset=["corr", "corr_with_meta_model"]).query("stake_nmr > 0")
    above = (known["corr"] * known["stake_nmr"]).groupby(known["round"]).sum()
    below = (known["corr_with_meta_model"] * known["stake_nmr"]).groupby(known["round"]).sum()
    implied = (above / below).reindex(found.numbers)
    assert np.corrcoef(found.values, implied)[0, 1] > 0.98  # fitted to MMC where that was published
    assert found.verdict == "not unusual"
    assert found.chances.independent < 0.05 < 0.3 < found.chances.lowest
    card = drawdown_answer(found, ASKED).card
    assert "is not unusual" in card.heading
    assert found.shares in card.text
    assert "which misleads" in card.after
    assert "A proxy: it is implied by models with" in told_of(found).replace("\\", "")
    picture = picture_of_fall(found)
    assert picture.png.startswith(b"\x89PNG")
    assert found.when in picture.alt


@pytest.mark.slow
@pytest.mark.parametrize("staked", [False, True])
def test_on_final_rows_too_only_independence_makes_it_look_rare(rows: pd.DataFrame, staked: bool) -> None:
    """The rows as published are in tests/scoring/drawdown; without interim ones the answer is the same."""
    known = rows[rows["corr"].notna() & (rows["round"] >= 183) & ((rows["stake_nmr"] > 0) | (not staked))]
    weight = known["stake_nmr"] if staked else pd.Series(1.0, known.index)
    sums = (known["corr"] * weight).groupby(known["round"]).sum() / weight.groupby(known["round"]).sum()
    found = drawdown_chances(sums, rng=np.random.default_rng(1))
    assert found.independent < 0.05
    assert 0.25 < found.lowest < found.highest < 0.95


def wavy(rounds: int, models: int = 1) -> list[list[float]]:
    return [(0.02 + 0.03 * np.sin(np.arange(rounds) / 2 + each)).tolist() for each in range(models)]


async def test_a_record_that_only_rises_has_no_fall() -> None:
    source = made_up([[0.01] * 40])
    found = await unusual_fall(source, "owl_0")
    assert found.fall.depth == 0
    assert found.finding == "owl_0 never fell below its best so far in 40 rounds."
    assert "A record that has not fallen yet is no sign that it will not." in told_of(found)
    assert "never fell" in picture_of_fall(found).alt


async def test_a_fall_that_lasts_is_told() -> None:
    found = await unusual_fall(made_up([[0.02] * 30 + [-0.01] * 10]), "owl_0")
    assert (found.fall.now, found.fall.recovered) == (10, None)
    assert "has been below its best for 10 rounds now" in told_of(found)
    assert found.fall.depth == pytest.approx(0.1)


async def test_only_the_own_name_is_shown_to_others() -> None:
    found = await unusual_fall(made_up(wavy(40)), "owl_0")
    assert found.for_others("owl_0") is found
    assert found.for_others(None).whose == "One model"
    assert "owl_0" not in told_of(found.for_others("somebody"))


@pytest.mark.parametrize(
    ("name", "measure", "sentence"),
    [
        ("nobody", "corr", "no model or account called “nobody”"),
        ("everyone", "corr", "Name a model or an account"),
        ("owl_0", "luck", "“luck” is none of them"),
        (None, "tc", "The meta model has a CORR"),
        ("owl_0", "mmc", "owl_0 has 0 final rounds with MMC"),
        ("", "corr", "That name is empty"),
    ],
)
async def test_what_has_no_record_is_refused(name: str | None, measure: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        await unusual_fall(made_up(wavy(40)), name, measure)


async def test_a_short_record_is_refused_with_what_it_takes() -> None:
    with pytest.raises(
        ValueError, match="owl_0 has 15 final rounds with CORR, of which 5 are open at once: 20"
    ):
        await unusual_fall(made_up(wavy(15)), "owl_0")
    assert (await unusual_fall(made_up(wavy(20)), "owl_0")).numbers.size == 20
