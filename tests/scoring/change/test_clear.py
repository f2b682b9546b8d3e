"""Which accounts clearly gain or lose: sums term by term, the sample by pandas, and luck alone."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from scoring.change.clear import ClearChanges, clear_changes
from tests.scoring.change.transition_cases import as_rows, rng
from tests.tournament.sample.file_rows import shipped


def interval(record: np.ndarray) -> tuple[float, float]:
    """The interval of a mean, term by term (EWC-t)."""
    size = len(record)
    degrees = max(2, round(0.4 * size ** (2 / 3)))
    moments = (np.arange(size) + 0.5) / size
    squares = [2 / size * (np.cos(math.pi * j * moments) * record).sum() ** 2 for j in range(1, degrees + 1)]
    width = stats.t.ppf(0.975, degrees) * math.sqrt(np.mean(squares) / size)
    return record.mean() - width, record.mean() + width


def by_hand(rows: pd.DataFrame, fewest: int = 30) -> ClearChanges:
    """The same count, account by account, of the rows' `gap`."""
    found = {"gain": 0, "lose": 0, "untold": 0, "too_short": 0}
    for _, of_one in rows.groupby(["account", "round"])["gap"].sum().groupby("account"):
        if len(of_one) < fewest:
            found["too_short"] += 1
            continue
        low, high = interval(of_one.to_numpy())
        found["gain" if low > 0 else "lose" if high < 0 else "untold"] += 1
    return ClearChanges(**found)


def priced(rows: pd.DataFrame) -> pd.DataFrame:
    """Staked rows with a TC, their pay under 1C3T and 2C1T, and the gap between them."""
    rows = rows[(rows["stake_nmr"] > 0) & rows["tc"].notna()].copy()
    outside = rows["round"].between(311, 315)  # rounds whose factor came after the clip
    for name, (corr, tc) in (("old", (1, 3)), ("new", (2, 1))):
        weighted = corr * rows["corr"] + tc * rows["tc"]
        inside = (rows["payout_factor"] * weighted).clip(-0.25, 0.25)
        rows[name] = rows["stake_nmr"] * inside.where(
            ~outside, rows["payout_factor"] * weighted.clip(-0.25, 0.25)
        )
    return rows.assign(gap=rows["new"] - rows["old"])


def counted(rows: pd.DataFrame) -> ClearChanges:
    account, period = (pd.factorize(rows[name], sort=True)[0] for name in ("account", "round"))
    return clear_changes(rows["old"], rows["new"], account, period)


@pytest.mark.slow
def test_of_426_accounts_of_the_sample_76_clearly_gain_and_none_loses() -> None:
    # the file as it is shipped, by its own column of accounts
    rows = priced(shipped())
    got = counted(rows)
    assert (got.gain, got.lose, got.untold, got.judged) == (76, 0, 350, 426)
    assert got == by_hand(rows)
    totals = rows.groupby("account")["gap"].sum()
    assert ((totals > 0).sum(), (totals < 0).sum()) == (452, 150)  # what was called winners and losers


def test_the_other_way_round_they_clearly_lose() -> None:
    rows = priced(shipped())
    swapped = counted(rows.rename(columns={"old": "new", "new": "old"}))
    assert (swapped.gain, swapped.lose, swapped.untold) == (0, 76, 350)


def test_accounts_are_judged_over_the_periods_they_are_in() -> None:
    table = rng(3).normal(0.4, 1, (60, 50))
    old, new, account, period = as_rows(table)
    there = rng(4).random(old.size) < np.linspace(0.3, 1, 60)[account]
    rows = pd.DataFrame({"old": old, "new": new, "account": account, "round": period})[there]
    got = clear_changes(rows["old"], rows["new"], rows["account"], rows["round"])
    assert got == by_hand(rows.assign(gap=rows["new"] - rows["old"]))
    assert min(got.gain, got.untold, got.too_short) > 3
    # a row without a known pay is no row
    rows.loc[rows.index[::9], "new"] = math.nan
    some = rows.dropna()
    assert clear_changes(rows["old"], rows["new"], rows["account"], rows["round"]) == by_hand(
        some.assign(gap=some["new"] - some["old"])
    )


@pytest.mark.parametrize(("periods", "judged"), [(29, 0), (30, 4)])
def test_fewer_than_30_periods_are_not_judged(periods: int, judged: int) -> None:
    got = clear_changes(*as_rows(rng(5).normal(9, 1, (4, periods))))
    assert (got.judged, got.gain, got.too_short) == (judged, judged, 4 - judged)


def test_rounding_is_no_gain() -> None:
    old = np.tile(0.1 + 0.2, 40)
    got = clear_changes(old, np.tile(0.3, 40), np.zeros(40, dtype=int), np.arange(40))
    assert got == ClearChanges(gain=0, lose=0, untold=1, too_short=0)


def test_luck_alone_is_seldom_clear() -> None:
    # overlapping periods: sums of five, as weekly rounds have them
    noise = rng(6).normal(0, 1, (600, 104))
    got = clear_changes(*as_rows(np.apply_along_axis(np.convolve, 1, noise, np.ones(5), "valid")))
    assert 0.9 <= got.untold / got.judged <= 0.98


def test_no_rows_are_nobody() -> None:
    assert clear_changes([], [], [], []) == ClearChanges(0, 0, 0, 0)
