"""The leaderboard and the prices of the bundled sample."""

import itertools
from datetime import date

import numpy as np
import pandas as pd

from tournament.sample import FOLDER, SampleSource


async def test_the_leaderboard_of_one_day(source: SampleSource) -> None:
    stakes = await source.stakes()
    assert stakes.day == date(2022, 12, 22)
    assert stakes.guessed
    assert stakes.account_of is not None
    assert len(stakes.models) == stakes.model_stake.size == stakes.account_of.size == 15_025
    assert len(stakes.accounts) == stakes.account_stake.size == 8_772
    assert round(stakes.model_stake.sum()) == round(stakes.account_stake.sum()) == 918_758
    assert np.count_nonzero(stakes.model_stake) == 6_264
    assert np.count_nonzero(stakes.account_stake) == 4_227
    assert list(stakes.models) == sorted(set(stakes.models))
    assert list(stakes.accounts) == sorted(set(stakes.accounts))


async def test_stakes_agree_with_the_file(source: SampleSource) -> None:
    listed = pd.read_csv(FOLDER / "leaderboard_2022-12-22.csv.gz")
    stakes = await source.stakes()
    assert stakes.account_of is not None
    ours = pd.DataFrame(
        {
            "model": stakes.models,
            "account": np.array(stakes.accounts)[stakes.account_of],
            "nmr_staked": stakes.model_stake,
        }
    )
    theirs = listed[["model", "account", "nmr_staked"]].sort_values("model", ignore_index=True)
    pd.testing.assert_frame_equal(ours, theirs, check_dtype=False)
    by_account = listed.groupby("account")["nmr_staked"].sum()
    assert list(by_account.index) == list(stakes.accounts)
    np.testing.assert_allclose(stakes.account_stake, by_account, rtol=1e-12)


async def test_the_price_of_every_day_from_april_2022_to_february_2023(source: SampleSource) -> None:
    prices = await source.price_of_day("USD")
    days = [date.fromisoformat(day) for day in prices]
    assert (days[0], days[-1]) == (date(2022, 4, 30), date(2023, 2, 23))
    assert {(later - earlier).days for earlier, later in itertools.pairwise(days)} == {1}
    assert min(prices.values()) > 0
    day, price = await source.usd_per_nmr() or (date.min, 0.0)
    assert prices[day.isoformat()] == price
