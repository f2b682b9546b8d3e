"""The implied meta model of a field: by hand, on the sample, and where nothing is told."""

import math
from datetime import date

import numpy as np
import pytest

from features.meta_model.implied import FITTED, meta_model_of, published_mmc
from scoring.meta_model import fit_mmc_scale
from tournament.sample import SampleSource
from tournament.source import EVERYONE, History, Rounds, TournamentField
from wording.numbers import number

NAN = math.nan


def rows_of(
    rounds: list[int],
    corr: list[float],
    alike: list[float],
    stake: list[float],
    *,
    mmc: list[float] | None = None,
    resolved: list[bool] | None = None,
) -> History:
    size = len(rounds)
    return History(
        name=EVERYONE,
        kind=EVERYONE,
        models=tuple(f"model_{at:05}" for at in range(size)),
        model=np.arange(size),
        round=np.array(rounds, dtype=np.int64),
        scores={"corr": np.array(corr), **({} if mmc is None else {"mmc": np.array(mmc)})},
        chosen={},
        payout_factor=np.ones(size),
        stake=np.array(stake, dtype=np.float64),
        payout=np.zeros(size),
        resolved=np.ones(size, dtype=bool) if resolved is None else np.array(resolved),
        likeness={"corr_with_meta_model": np.array(alike)},
    )


def calendar_of(numbers: list[int], total: float) -> Rounds:
    size = len(numbers)
    opened = np.datetime64(date(2031, 1, 1), "s") + np.arange(size) * np.timedelta64(7, "D")
    return Rounds(
        number=np.array(numbers, dtype=np.int64),
        opened=opened,
        resolves=opened + np.timedelta64(31, "D"),
        total_at_risk=np.full(size, total),
        stake_threshold=np.full(size, NAN),
        payout_factor=np.ones(size),
        paid=np.ones(size, dtype=np.bool_),
    )


def test_two_rounds_by_hand() -> None:
    rows = rows_of([7, 7, 7, 8], [0.02, 0.03, -0.01, 0.04], [0.5, 0.9, 0.2, 0.8], [100, 200, 100, 10])
    found = meta_model_of(TournamentField.of(rows), calendar_of([7, 8], 800.0))
    np.testing.assert_array_equal(found.numbers, [7, 8])
    # (2 + 6 - 1) / (50 + 180 + 20), and .4 / 8; the means 7 / 400 and .04
    np.testing.assert_allclose(found.corr, [0.028, 0.05])
    np.testing.assert_allclose(found.mean_score, [0.0175, 0.04])
    np.testing.assert_allclose(found.share, [0.5, 0.0125])
    np.testing.assert_allclose(found.contributions(rows), [0.006, 0.0048, -0.0156, 0.0], atol=1e-15)
    assert not found.can_derive
    assert found.derived_from == ""
    assert found.proxy == "A proxy: it is implied by models with 26 % of the stake."
    other = rows_of([9], [0.1], [0.5], [1])
    assert np.isnan(found.of_rows(other)).all()


def test_interim_rows_count_only_where_they_are_asked_for() -> None:
    rows = rows_of([7, 8], [0.02, 0.03], [0.5, 0.5], [1, 1], resolved=[True, False])
    field, calendar = TournamentField.of(rows), calendar_of([7, 8], 10.0)
    np.testing.assert_array_equal(meta_model_of(field, calendar).numbers, [7])
    np.testing.assert_array_equal(meta_model_of(field, calendar, interim=True).numbers, [7, 8])


@pytest.mark.parametrize(
    ("corr", "alike", "stake"),
    [([NAN, NAN], [0.5, 0.5], [1, 1]), ([0.1, 0.1], [NAN, NAN], [1, 1]), ([0.1, 0.1], [0.5, 0.5], [0, NAN])],
)
def test_where_nothing_is_told_there_is_no_round(
    corr: list[float], alike: list[float], stake: list[float]
) -> None:
    rows = rows_of([7, 7], corr, alike, stake)
    found = meta_model_of(TournamentField.of(rows), calendar_of([7], 10.0))
    assert not found.numbers.size
    assert np.isnan(found.contributions(rows)).all()
    assert np.isnan(found.derived_mmc(rows)).all()
    assert found.proxy == ""


def test_a_published_mmc_fits_the_round_and_the_scale() -> None:
    rng = np.random.default_rng(3)
    size = 40
    corr, alike = rng.normal(0.02, 0.02, size), rng.uniform(0.3, 0.9, size)
    mmc = 0.8 * (corr - 0.031 * alike)
    rows = rows_of([7] * size, corr.tolist(), alike.tolist(), [1.0] * size, mmc=mmc.tolist())
    found = meta_model_of(TournamentField.of(rows), calendar_of([7], float(size)))
    assert found.fitted.tolist() == [7]
    assert found.corr[0] == pytest.approx(0.031)
    # the scale is that of the contribution as stakes imply it
    ratio = corr.sum() / alike.sum()
    scale = fit_mmc_scale(mmc, corr - alike * ratio)
    assert vars(found.scale) == pytest.approx(vars(scale))
    assert found.derived_from.startswith(f"MMC is derived: {number(scale.scale)} x (CORR - ")
    assert "fitted to 40 published MMCs of round 7 (r " in found.derived_from
    assert found.proxy == ""


@pytest.mark.slow
async def test_the_meta_model_of_the_sample() -> None:
    """Final rows: .79 x the contribution is the MMC on record, r .93; later a fifth of the stake at most."""
    source = SampleSource()
    everyone, calendar = await source.everyone(), await source.rounds()
    found = meta_model_of(everyone, calendar)
    assert (found.scale_rounds[0], found.scale_rounds[-1]) == (225, 273)
    assert found.scale_rounds.size == 49 <= FITTED
    assert (found.scale.scale, found.scale.r, found.scale.rmse) == pytest.approx(
        (0.794, 0.931, 0.0044), abs=6e-4
    )
    assert found.scale.rows == 5526
    later = found.share[(found.numbers >= 186) & ~np.isnan(found.share)]
    assert 0.15 < later.max() < 0.2
    assert "A proxy: it is implied by models with" in found.proxy
    # the rounds of a later measurement: .0296, and the mean of scores below it
    inside = (found.numbers >= 212) & (found.numbers <= 306)
    assert found.corr[inside].mean() == pytest.approx(0.0296, abs=0.0006)
    assert found.mean_score[inside].mean() < found.corr[inside].mean()
    (rows,) = everyone.pieces()
    derived, published = found.derived_mmc(rows), published_mmc(rows, "mmc")
    both = ~np.isnan(derived) & ~np.isnan(published)
    assert np.count_nonzero(both) == 5526
    assert np.corrcoef(derived[both], published[both])[0, 1] > 0.93
    # most rows of the sample have no MMC on record and get one
    staked = (rows.stake > 0) & rows.resolved & (rows.round >= 168) & (rows.round <= 306)
    assert np.isnan(published[staked]).mean() > 0.8
    assert np.isnan(derived[staked]).mean() < 0.02
