"""What selling does to a price: the square-root law, as a table of what is not known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, common_shape, labelled, refuse

_NORMAL = 1.482602218505602  # standard deviations of a normal law in its median distance from the median
OBSERVED = 0.1  # of a day's volume: how far the square root is backed by trades that were really made


@dataclass(frozen=True)
class PriceTable:
    """Relative price changes, (strengths, sell shares), and what selling each share means in volume.

    days_of_volume (sell shares,): NMR sold over NMR traded in a day. extrapolated (sell shares,): more is
    sold than the formula was ever checked for, a tenth of a day's volume.
    """

    strengths: NDArray[np.float64]
    sell_shares: NDArray[np.float64]
    change: NDArray[np.float64]
    days_of_volume: NDArray[np.float64]
    extrapolated: NDArray[np.bool_]


@labelled(
    "outer row",
    sold="outer row",
    daily_volume="outer row",
    daily_volatility="outer row",
    strength="outer row",
)
def price_impact(
    sold: ArrayLike, daily_volume: ArrayLike, daily_volatility: ArrayLike, *, strength: ArrayLike
) -> NDArray[np.float64] | float:
    """Relative change of a price (-0.1: a tenth lower) while so much is sold, by the square-root law.

    exp(-strength x volatility x sqrt(sold / volume)) - 1. sold and daily_volume in the same unit,
    daily_volatility that of a day's log return, strength a number near 1; all broadcast.
    It is the change at the end of the sale; later some or all of it may come back. Seen for sales of up to
    about a tenth of a day's volume (OBSERVED): more is extrapolation, and far less moves the price by
    less. An unknown (NaN) volatility gives NaN. Raises ValueError for a volume that is not above 0, or
    anything else that is negative or infinite. Source: Toth et al. 2011; Donier and Bonart 2015, on Bitcoin.
    """
    sold, volume = as_numbers(sold, "The amount sold"), as_numbers(daily_volume, "The daily volume")
    volatility = as_numbers(daily_volatility, "The volatility")
    strength = as_numbers(strength, "The strength")
    refuse(~((sold >= 0) & (sold < np.inf)), "The amount sold must be a finite number of 0 or more.")
    refuse(~((volume > 0) & (volume < np.inf)), "The daily volume must be a finite number above 0.")
    refuse((volatility < 0) | np.isinf(volatility), "The volatility must be a finite number of 0 or more.")
    refuse(~((strength >= 0) & (strength < np.inf)), "The strength must be a finite number of 0 or more.")
    common_shape(sold=sold.shape, volume=volume.shape, volatility=volatility.shape, strength=strength.shape)
    # 0 less the product: where nothing is sold the change is 0, not -0
    change = np.asarray(np.expm1(0.0 - strength * volatility * np.sqrt(sold / volume)))
    return change if change.ndim else float(change)


@labelled(
    {
        "strengths": "strength",
        "sell_shares": "share",
        "change": "strength share",
        "days_of_volume": "share",
        "extrapolated": "share",
    },
    strengths="strength",
    sell_shares="share",
)
def price_table(
    unstaked: float,
    daily_volume: float,
    daily_volatility: float,
    *,
    strengths: Sequence[float] = (0.5, 1.0, 1.5),
    sell_shares: Sequence[float] = (0.25, 0.5, 1.0),
) -> PriceTable:
    """price_impact for every strength, (m,), and every share (k,) of the unstaked NMR that is sold.

    Never one number: neither the strength nor how much would be sold is known. unstaked and daily_volume
    in NMR. Raises ValueError as price_impact does, and for a sell share that is not between 0 and 1.
    """
    strength, shares = as_numbers(strengths, "The strengths"), as_numbers(sell_shares, "The sell shares")
    if strength.ndim != 1 or shares.ndim != 1:
        raise ValueError("The strengths and the sell shares must be lists of numbers.")
    refuse(~((shares >= 0) & (shares <= 1)), "A sell share must be between 0 and 1.")
    total, volume = as_numbers(unstaked, "The unstaked amount"), as_numbers(daily_volume, "The daily volume")
    if total.ndim or volume.ndim or np.ndim(daily_volatility):
        raise ValueError("A price table needs one unstaked amount, one daily volume and one volatility.")
    sold = shares * total
    change = price_impact(sold, volume, daily_volatility, strength=strength[:, None])
    days = sold / volume
    return PriceTable(strength, shares, np.asarray(change), days, days > OBSERVED)


@labelled(prices="day")
def daily_volatility(prices: ArrayLike) -> float:
    """A day's volatility as most days have it, from prices (n,) of days in a row.

    1.4826 x the median distance of a day's log return from the median one: the standard deviation if
    returns were normal, and hardly moved by a few days of 40 or 60 %, which can double the standard
    deviation of a year. More than half of all days alike: 0. Fewer than three prices: nan. Raises
    ValueError for prices that are not finite numbers above 0. Source: Hampel 1974.
    """
    series = as_numbers(prices, "The prices")
    if series.ndim != 1:
        raise ValueError("The prices must be a list of numbers, one per day.")
    refuse(~((series > 0) & (series < np.inf)), "A price must be a finite number above 0.")
    if series.size < 3:
        return math.nan
    returns = np.diff(np.log(series))
    return _NORMAL * float(np.median(np.abs(returns - np.median(returns))))
