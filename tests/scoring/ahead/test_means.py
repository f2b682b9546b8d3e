"""Mean pay of many records with gaps, each by the interval that one alone has."""

import numpy as np
import pytest

from scoring.ahead.means import draw_towards, look_ahead, record_means
from scoring.ahead.pay import draw_rounds, outlook
from scoring.intervals import ewc_interval
from scoring.lab.track_record import shrink


def test_each_is_what_its_own_interval_says() -> None:
    rng = np.random.default_rng(1)
    table = rng.normal(0.01, 0.05, (90, 7))
    table[:10, 1] = table[40:45, 2] = table[39:, 3] = table[:, 5] = np.nan
    table[:, 4] = 0.02
    found = record_means(table)
    np.testing.assert_array_equal(found.rounds, [90, 80, 85, 39, 90, 0, 90])
    for at in (0, 1, 2, 6):
        own = ewc_interval(table[:, at][~np.isnan(table[:, at])])
        assert (found.mean[at], found.error[at]) == pytest.approx((own.mean, own.se))
    assert np.isnan(found.mean[[3, 4, 5]]).all(), "too short, never changing, and not there"
    others = found.without(np.array([2]))
    assert np.isnan([others.mean[2], others.error[2]]).all()
    assert (others.mean[1], others.error[6]) == (found.mean[1], found.error[6])


def test_a_mean_is_drawn_by_what_tells_models_apart() -> None:
    rng = np.random.default_rng(2)
    beyond = rng.normal(0, 0.05, (80, 9)) + rng.normal(0, 0.02, 9)
    others, own = record_means(beyond[:, 1:]), ewc_interval(beyond[:, 0])
    expected = shrink([*others.mean, own.mean], [*others.error, own.se])
    drawn = draw_towards(beyond[:, 0], others)
    assert own.mean + drawn.shift == pytest.approx(expected.scores[-1])
    assert drawn.kept == pytest.approx(expected.kept[-1])
    assert 0 < drawn.kept < 1
    for told in (
        draw_towards(beyond[:, 0], None),
        draw_towards(np.zeros(80), others),
        draw_towards(beyond[:14, 0], others),
        draw_towards(beyond[:, 0], record_means(beyond[:, :1])),
    ):
        assert told.shift == 0
        assert np.isnan(told.kept)


def test_looking_ahead_is_its_parts() -> None:
    rates = np.random.default_rng(3).normal(0.01, 0.05, 60)
    found = look_ahead(rates, 20, shift=0.004, bound=0.25, ways=300, rng=np.random.default_rng(4))
    past = ewc_interval(rates)
    assert (found.past, found.mean) == (past, pytest.approx(past.mean + 0.004))
    seed = int(np.random.default_rng(4).integers(2**32))
    alone = outlook(draw_rounds(rates, 20, ways=300, rng=np.random.default_rng(seed)))
    assert found.alone.median == alone.median
    terms = {"mean": found.mean, "error": past.se, "df": past.df, "bound": 0.25}
    wide = outlook(draw_rounds(rates, 20, ways=300, rng=np.random.default_rng(seed), **terms))
    assert (found.wide.low, found.wide.high) == (wide.low, wide.high)


def test_what_is_no_table() -> None:
    for bad in ([1.0, 2.0], [[np.inf]]):
        with pytest.raises(ValueError, match=r"^[A-Z]"):
            record_means(bad)
    assert record_means(np.empty((0, 3))).rounds.tolist() == [0, 0, 0]


def records(rng: np.random.Generator, rounds: int, models: int) -> np.ndarray:
    """Rates that share four fifths of the next, half of them everybody's, around means of their own."""
    own, common = rng.normal(size=(rounds + 4, models)), rng.normal(size=(rounds + 4, 1))
    each = sum((own + common)[lag : lag + rounds] for lag in range(5)) / np.sqrt(10)
    return 0.01 + rng.normal(0, 0.005, models) + 0.04 * each


@pytest.mark.long
def test_the_band_with_the_error_of_the_mean_holds_what_it_says() -> None:
    """Next 20 rounds of made-up models: the past alone is too sure, the shrunk mean with its error less."""
    rng = np.random.default_rng(7)
    held = {"alone": 0, "wide": 0}
    tried = 0
    for _ in range(60):
        table = records(rng, 85, 12)
        past, ahead = table[:60], table[65:]
        beyond = past - past.mean(axis=1, keepdims=True)
        means = record_means(beyond)
        for at in range(12):
            came = outlook(ahead[:, at : at + 1]).median
            shift = draw_towards(beyond[:, at], means.without(np.array([at]))).shift
            told = look_ahead(past[:, at], 20, shift=shift, ways=400, bound=0.25, rng=rng)
            held["alone"] += told.alone.low <= came <= told.alone.high
            held["wide"] += told.wide.low <= came <= told.wide.high
            tried += 1
    # asked for .9; these shares have an error of about .03 each
    assert held["alone"] / tried < 0.83
    assert 0.78 <= held["wide"] / tried <= 0.95
    assert held["wide"] - held["alone"] > 0.07 * tried
