"""Selling: changes of price done by hand, a real price series, properties, edges."""

import math
import statistics
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scoring.stakes.price_impact import daily_volatility, price_impact, price_table

PRICES = Path(__file__).parents[3] / "data" / "sample" / "nmr_usd_daily.csv"

sales, volumes = st.floats(0, 1e7), st.floats(1, 1e7)
volatilities, strengths = st.floats(0, 0.5), st.floats(0, 3)


# ---------------------------------------------------------------- by hand


@pytest.mark.parametrize(
    ("sold", "volume", "volatility", "strength", "expected"),
    [
        (100, 100, 0.05, 1, -0.048770575499285984),  # exp(-0.05) - 1
        (4, 100, 0.05, 1, -0.009950166250831947),  # exp(-0.05 x 0.2) - 1
        (400, 100, 0.05, 1.5, -0.1392920235749422),  # exp(-0.15) - 1
        (0, 100, 0.05, 1, 0),
        (50, 100, 0, 1, 0),
        (50, 100, 0.05, 0, 0),
    ],
)
def test_price_impact_by_hand(
    sold: float, volume: float, volatility: float, strength: float, expected: float
) -> None:
    got = price_impact(sold, volume, volatility, strength=strength)
    assert isinstance(got, float)
    assert got == pytest.approx(expected, rel=1e-14)
    assert math.copysign(1, got) == (-1 if expected else 1)  # no change is 0, never -0


def test_price_impact_of_many() -> None:
    got = price_impact([0, 25, 100], 100, [[0.1], [0.2]], strength=1)
    assert np.shape(got) == (2, 3)
    np.testing.assert_allclose(np.log1p(got), [[0, -0.05, -0.1], [0, -0.1, -0.2]], rtol=1e-12, atol=1e-15)


def test_price_table_by_hand() -> None:
    got = price_table(40, 100, 0.1)
    np.testing.assert_array_equal(got.strengths, [0.5, 1, 1.5])
    np.testing.assert_array_equal(got.sell_shares, [0.25, 0.5, 1])
    np.testing.assert_allclose(got.days_of_volume, [0.1, 0.2, 0.4], rtol=1e-15)
    np.testing.assert_array_equal(got.extrapolated, [False, True, True])  # a tenth itself was seen
    roots = np.sqrt([0.1, 0.2, 0.4])
    np.testing.assert_allclose(
        got.change, [np.exp(-0.1 * strength * roots) - 1 for strength in (0.5, 1, 1.5)], rtol=1e-12
    )


def test_price_table_of_other_shares_and_strengths() -> None:
    got = price_table(1000, 100, 0.1, strengths=[2], sell_shares=[0, 1])
    np.testing.assert_allclose(got.change, [[0, math.exp(-0.2 * math.sqrt(10)) - 1]], rtol=1e-14)
    np.testing.assert_array_equal(got.days_of_volume, [0, 10])
    np.testing.assert_array_equal(got.extrapolated, [False, True])


def test_daily_volatility_by_hand() -> None:
    # log returns of 1, -1 and 0: 1 from the median in the middle of 1, 1 and 0; a normal law has .6745 there
    scale = 1 / statistics.NormalDist().inv_cdf(0.75)
    assert daily_volatility([1, math.e, 1, 1]) == pytest.approx(scale, rel=1e-12)
    assert daily_volatility([5, 5, 5]) == 0
    assert daily_volatility([2, 4, 8, 16]) == pytest.approx(0, abs=1e-15)  # growing alike every day
    assert daily_volatility(pd.Series([1, math.e, 1])) == pytest.approx(scale, rel=1e-12)


def test_daily_volatility_of_a_real_series_is_that_of_most_days() -> None:
    prices = pd.read_csv(PRICES).sort_values("date")["usd_per_nmr"].to_numpy()
    returns = np.diff(np.log(prices))
    got = daily_volatility(prices)
    assert got == pytest.approx(stats.median_abs_deviation(returns, scale="normal"), rel=1e-12)
    assert got == pytest.approx(0.039, abs=5e-4)
    calm = np.sort(np.abs(returns))[:-3].max()
    assert np.std(returns, ddof=1) == pytest.approx(0.0735, abs=5e-5)  # what three days make of it
    tamed = np.exp(np.cumsum([0, *np.clip(returns, -calm, calm)]))
    assert daily_volatility(tamed) == pytest.approx(got, rel=0.01)


# ---------------------------------------------------------------- properties


@given(sales, volumes, volatilities, strengths, st.floats(1e-3, 1e3))
def test_neither_the_unit_nor_who_is_named_matters(
    sold: float, volume: float, volatility: float, strength: float, unit: float
) -> None:
    got = price_impact(sold, volume, volatility, strength=strength)
    assert -1 <= got <= 0
    other = price_impact(sold * unit, volume * unit, volatility, strength=strength)
    assert other == pytest.approx(got, rel=1e-9, abs=1e-15)
    swapped = price_impact(sold, volume, strength, strength=volatility)
    assert swapped == pytest.approx(got, rel=1e-9, abs=1e-15)


@given(sales, volumes, volatilities, strengths)
def test_four_times_as_much_sold_is_the_change_twice_over(
    sold: float, volume: float, volatility: float, strength: float
) -> None:
    once = 1 + price_impact(sold, volume, volatility, strength=strength)
    fourfold = 1 + price_impact(4 * sold, volume, volatility, strength=strength)
    assert fourfold == pytest.approx(once**2, rel=1e-9, abs=1e-12)


@given(sales, volumes, volatilities)
def test_a_table_falls_along_both_sides(unstaked: float, volume: float, volatility: float) -> None:
    got = price_table(unstaked, volume, volatility)
    assert (np.diff(got.change, axis=0) <= 0).all()
    assert (np.diff(got.change, axis=1) <= 0).all()
    assert got.change[1, 2] == price_impact(unstaked, volume, volatility, strength=1)


@given(st.lists(st.floats(0.01, 1e4), min_size=3, max_size=30), st.floats(0.01, 100))
def test_volatility_has_no_currency_and_no_direction(prices: list[float], rate: float) -> None:
    got = daily_volatility(prices)
    assert daily_volatility(np.array(prices) * rate) == pytest.approx(got, rel=1e-9, abs=1e-9)
    assert daily_volatility(prices[::-1]) == pytest.approx(got, rel=1e-9, abs=1e-9)


# ---------------------------------------------------------------- edges


@pytest.mark.parametrize("prices", [[], [3], [3, 4]])
def test_too_few_prices_have_no_volatility(prices: list[float]) -> None:
    assert math.isnan(daily_volatility(prices))


def test_an_unknown_volatility_is_an_unknown_change() -> None:
    assert math.isnan(price_impact(1, 2, math.nan, strength=1))
    got = price_table(10, 100, daily_volatility([7.5]))
    assert np.isnan(got.change).all()
    np.testing.assert_allclose(got.days_of_volume, [0.025, 0.05, 0.1])


def test_more_than_all_trade_of_a_year_takes_no_more_than_the_whole_price() -> None:
    assert price_impact(1e12, 1, 0.5, strength=3) == -1


@pytest.mark.parametrize("bad", [[1, 0], [-1, 2], [1, math.nan], [1, math.inf], [0]])
def test_bad_prices_are_refused(bad: list[float]) -> None:
    with pytest.raises(
        ValueError, match=r"^A price must be a finite number above 0 \(see position [01], counted from 0\)\.$"
    ):
        daily_volatility(bad)


@pytest.mark.parametrize("bad", [3, [[1, 2, 3]], ["dear"]])
def test_prices_must_be_a_list(bad: object) -> None:
    with pytest.raises(ValueError, match=r"^The prices must be [^.]*\.$"):
        daily_volatility(bad)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: price_impact(-1, 1, 0.1, strength=1), "amount sold must be a finite number of 0 or more"),
        (lambda: price_impact(math.nan, 1, 0.1, strength=1), "amount sold"),
        (lambda: price_impact([1, math.inf], 1, 0.1, strength=1), "amount sold"),
        (lambda: price_impact(1, 0, 0.1, strength=1), "daily volume must be a finite number above 0"),
        (lambda: price_impact(0, 0, 0.1, strength=1), "daily volume"),
        (lambda: price_impact(1, math.nan, 0.1, strength=1), "daily volume"),
        (lambda: price_impact(1, math.inf, 0.1, strength=1), "daily volume"),
        (lambda: price_impact(1, 1, -0.1, strength=1), "volatility must be a finite number of 0 or more"),
        (lambda: price_impact(1, 1, math.inf, strength=1), "volatility"),
        (lambda: price_impact(1, 1, 0.1, strength=-1), "strength must be a finite number of 0 or more"),
        (lambda: price_impact(1, 1, 0.1, strength=math.nan), "strength"),
        (lambda: price_impact("all", 1, 0.1, strength=1), "amount sold must be numbers"),
        (lambda: price_impact([1, 2], [1, 2, 3], 0.1, strength=1), "do not fit each other"),
        (lambda: price_table(-1, 1, 0.1), "amount sold"),
        (lambda: price_table(1, 0, 0.1), "daily volume must be a finite number above 0"),
        (lambda: price_table(1, 1, 0.1, sell_shares=[1.1]), "sell share must be between 0 and 1"),
        (lambda: price_table(1, 1, 0.1, sell_shares=[-0.1]), "sell share must be"),
        (lambda: price_table(1, 1, 0.1, sell_shares=[math.nan]), "sell share must be"),
        (lambda: price_table(1, 1, 0.1, sell_shares=0.5), "must be lists"),  # type: ignore[arg-type]
        (lambda: price_table(1, 1, 0.1, strengths=1), "must be lists"),  # type: ignore[arg-type]
        (lambda: price_table(1, 1, 0.1, strengths=[-1]), "strength must be"),
        (lambda: price_table([1, 2], 1, 0.1), "one unstaked amount"),  # type: ignore[arg-type]
        (lambda: price_table(1, [1, 2], 0.1), "one unstaked amount"),  # type: ignore[arg-type]
        (lambda: price_table(1, 1, [0.1, 0.2]), "one unstaked amount"),  # type: ignore[arg-type]
    ],
)
def test_bad_sales_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as error:
        call()
    assert str(error.value).endswith(".")
