"""How concentration changed: a real database file, the sample's day, and days that were made up."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from features.stakes.history import stake_history, take_snapshot
from scoring.concentration import concentration
from storage.database import Database
from storage.market.snapshots import snapshots
from tests.features.stakes.made_up import DAY, MadeUp, calendar, leaderboard, stakes_of
from tournament.overview import Series, StakeOverYears
from tournament.sample import SampleSource

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)


def on(day: date, *stake: float, owner: list[int] | None = None, known: bool = True) -> MadeUp:
    return MadeUp(stakes_of(stake, owner, known=known, day=day), known_rounds=calendar(3))


async def kept(db: Database, label: str = "Made up") -> int:
    return len(await snapshots(db, "classic", label))


# ---------------------------------------------------------------- the sample


async def test_asking_shows_the_newest_stakes_and_keeps_nothing(db: Database, source: SampleSource) -> None:
    first = await stake_history(db, source, NOW)
    assert await kept(db, source.label) == 0
    assert first.finding == "40 guessed accounts hold half of the stake on 2022-12-22 (one day so far)."
    again = await stake_history(db, source, NOW + timedelta(hours=1), unit="model")
    assert await kept(db, source.label) == 0
    assert again.finding == "72 models hold half of the stake on 2022-12-22 (one day so far)."
    assert (first.days, again.days) == ((date(2022, 12, 22),),) * 2
    assert (first.unit, first.guessed, again.unit, again.guessed) == ("account", True, "model", False)
    board = leaderboard()
    staked = board.loc[board["nmr_staked"] > 0, "nmr_staked"]
    assert again.measures[0].holders == staked.size
    assert again.measures[0].effective_number == pytest.approx(
        staked.sum() ** 2 / (staked**2).sum(), rel=1e-9
    )
    assert first.measures[0].stake == pytest.approx(staked.sum())


async def test_between_snapshots_lies_the_stake_at_risk(db: Database, source: SampleSource) -> None:
    got = await stake_history(db, source, NOW)
    rounds = await source.rounds()
    assert got.opened.size == got.at_risk.size > 100
    assert (got.at_risk > 0).all()
    known = np.isin(rounds.opened, got.opened) & rounds.paid
    np.testing.assert_array_equal(rounds.total_at_risk[known], got.at_risk)


# ---------------------------------------------------------------- days that were made up


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ([8, 1, 1], [1, 1, 1, 1], "3 guessed accounts hold half of the stake, 2 more than on 2031-05-04."),
        ([1, 1, 1, 1], [8, 1, 1], "1 guessed account holds half of the stake, 2 fewer than on 2031-05-04."),
        ([1, 1, 1, 1], [5, 5, 5, 5], "3 guessed accounts hold half of the stake, as many as on 2031-05-04."),
    ],
)
async def test_two_days_are_compared(db: Database, first: list[float], last: list[float], told: str) -> None:
    assert await take_snapshot(db, on(DAY, *first), NOW)
    got = await stake_history(db, on(NEXT, *last), NOW)
    assert got.finding == told
    assert got.days == (DAY, NEXT)
    assert got.measures == (concentration(sorted(first)[::-1]), concentration(sorted(last)[::-1]))


async def test_the_first_and_the_last_day_are_compared_whatever_lies_between(db: Database) -> None:
    days = [DAY + timedelta(days=at) for at in range(3)]
    for day, stake in zip(days, ([1, 1, 1, 1], [9, 1], [3, 3, 3]), strict=True):
        assert await take_snapshot(db, on(day, *stake), NOW)
    got = await stake_history(db, on(days[1], 100), NOW)  # an older day that is kept already
    assert got.days == tuple(days)
    assert got.finding == "2 guessed accounts hold half of the stake, 1 fewer than on 2031-05-04."


async def test_by_model_and_by_account_the_same_days_differ(db: Database) -> None:
    await take_snapshot(db, on(DAY, 1, 1, 1, 1, 0, owner=[0, 0, 0, 1, 2]), NOW)
    by_model = await stake_history(db, on(NEXT, 1, 1, 1, owner=[0, 0, 0]), NOW, unit="model")
    assert by_model.finding == "2 models hold half of the stake, 1 fewer than on 2031-05-04."
    assert [each.holders for each in by_model.measures] == [4, 3]  # a zero is no holder
    by_account = await stake_history(db, on(NEXT, 1, 1, 1, owner=[0, 0, 0]), NOW)
    assert [(each.holders, each.half) for each in by_account.measures] == [(2, 1), (1, 1)]
    assert by_account.finding == "1 guessed account holds half of the stake, as many as on 2031-05-04."


async def test_what_is_kept_is_the_stake_largest_first(db: Database) -> None:
    await take_snapshot(db, on(DAY, 1, 0, 5, owner=[0, 1, 0]), NOW)
    (row,) = await snapshots(db, "classic", "Made up")
    assert row.models == (("model_00002", 5.0), ("model_00000", 1.0))
    assert row.accounts == (("heron_0", 6.0),)
    assert (row.day, row.guessed, row.taken_at) == (DAY, True, NOW)


async def test_accounts_that_are_known_are_not_called_guessed(db: Database) -> None:
    got = await stake_history(db, on(DAY, 2, 2, known=False), NOW)
    assert got.finding == "2 accounts hold half of the stake on 2031-05-04 (one day so far)."
    await take_snapshot(db, on(NEXT, 2, 2), NOW)
    assert (await stake_history(db, on(NEXT, 2, 2), NOW)).guessed  # one of the days was


async def test_the_second_snapshot_of_a_day_changes_nothing(db: Database) -> None:
    assert await take_snapshot(db, on(DAY, 1, 1), NOW)
    assert not await take_snapshot(db, on(DAY, 50), NOW)
    assert (await snapshots(db, "classic", "Made up"))[0].models == (
        ("model_00000", 1.0),
        ("model_00001", 1.0),
    )


# ---------------------------------------------------------------- what is missing


async def test_without_a_leaderboard_older_snapshots_still_answer(db: Database) -> None:
    await take_snapshot(db, on(DAY, 1, 1), NOW)
    got = await stake_history(db, MadeUp(None), NOW)
    assert got.days == (DAY,)
    assert (got.opened.size, got.at_risk.size) == (0, 0)  # the rounds can't be read either


async def test_without_a_leaderboard_and_a_snapshot_it_says_what_to_do(db: Database) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
        await stake_history(db, MadeUp(None), NOW)
    assert str(caught.value) == (
        "There is no snapshot of the stake yet. The leaderboard has not been read yet. "
        "Try again in a minute or two."
    )


async def test_a_day_on_which_nobody_has_a_stake_is_not_kept(db: Database) -> None:
    assert not await take_snapshot(db, on(DAY, 0, 0), NOW)
    with pytest.raises(ValueError, match=r"^There is no snapshot of the stake yet\.$"):
        await stake_history(db, on(DAY, 0, 0), NOW)
    assert await kept(db) == 0
    await take_snapshot(db, on(DAY, 1, 1, 1), NOW)
    got = await stake_history(db, on(NEXT, 0, 0), NOW)
    assert got.finding == "2 guessed accounts hold half of the stake on 2031-05-04 (one day so far)."


async def test_snapshots_of_other_sources_are_others(db: Database) -> None:
    await take_snapshot(db, MadeUp(stakes_of([1, 1]), label="Another"), NOW)
    await take_snapshot(db, MadeUp(stakes_of([1, 1]), tournament="signals"), NOW)
    got = await stake_history(db, on(NEXT, 7, 7, 7), NOW)
    assert (got.days, got.source) == ((NEXT,), "Made up")


async def test_test_rounds_and_unknown_stakes_are_not_drawn(db: Database) -> None:
    rounds = calendar(4)
    rounds.paid[1] = False
    rounds.total_at_risk[:] = [100, 200, np.nan, 400]
    got = await stake_history(db, MadeUp(stakes_of([1]), known_rounds=rounds), NOW)
    assert got.at_risk.tolist() == [100, 400]
    np.testing.assert_array_equal(got.opened, rounds.opened[[0, 3]])


async def test_the_unit_is_one_of_two(db: Database) -> None:
    with pytest.raises(ValueError, match=r"^Holders are counted by account or model\.$"):
        await stake_history(db, on(DAY, 1), NOW, unit="team")
    assert await kept(db) == 0


# ---------------------------------------------------------------- the source's own record


def series(*values: float, first: str = "2029-05-01", apart: int = 73) -> Series:
    days = np.datetime64(first) + np.timedelta64(apart, "D") * np.arange(len(values))
    return Series(days, np.array(values, dtype=np.float64))


@pytest.mark.parametrize(
    ("stake", "told"),
    [
        # 365 days before the last, 2030-04-30, is the 2nd of 7 values 73 days apart
        (series(50, 100, 70, 80, 90, 95, 108), "108 NMR at stake, 8 % more than on 2029-07-13"),
        (series(50, 200, 70, 80, 90, 95, 108), "108 NMR at stake, 46 % fewer than on 2029-07-13"),
        (series(50, 108, 70, 80, 90, 95, 108), "108 NMR at stake, as on 2029-07-13"),
        (series(90, 100), "100 NMR at stake, 11 % more than on 2029-05-01"),
        (series(100), "100 NMR at stake on 2029-05-01"),
        (series(0, 100), "100 NMR at stake on 2029-07-13"),
    ],
)
async def test_the_last_year_of_the_source_s_own_record_is_told(
    db: Database, stake: Series, told: str
) -> None:
    years = StakeOverYears(stake, series(), series())
    source = replace(on(DAY, 3.0, 1.0), years=years)
    assert (await stake_history(db, source, NOW)).over_years == (told,)


async def test_without_such_a_record_nothing_is_told(db: Database, source: SampleSource) -> None:
    assert (await stake_history(db, source, NOW)).over_years == ()
    none = StakeOverYears(series(), series(), series())
    assert (await stake_history(db, replace(on(DAY, 3.0), years=none), NOW)).over_years == ()
