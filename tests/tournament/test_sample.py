"""The bundled sample, held against the same files read directly, and against a small one written by hand."""

import asyncio
import dataclasses
import itertools
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tournament.sample import FOLDER, SampleSource
from tournament.source import EVERYONE, History, Rounds, Source

COLUMNS = {
    "corr": lambda history: history.scores["corr"],
    "tc": lambda history: history.scores["tc"],
    "fnc_v3": lambda history: history.scores["fnc_v3"],
    "corr_multiplier": lambda history: history.chosen["corr"],
    "tc_multiplier": lambda history: history.chosen["tc"],
    "payout_factor": lambda history: history.payout_factor,
    "stake_nmr": lambda history: history.stake,
    "payout_nmr": lambda history: history.payout,
}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "performance_r168_r325.csv.gz")


@pytest.fixture(scope="module")
def calendar() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "rounds_2022-12-22.csv", parse_dates=["open_time", "resolve_time"])


def as_frame(history: History) -> pd.DataFrame:
    frame = pd.DataFrame({"model": np.array(history.models)[history.model], "round": history.round})
    for column, of in COLUMNS.items():
        frame[column] = of(history)
    return frame.sort_values(["model", "round"], ignore_index=True)


def same_rows(history: History, expected: pd.DataFrame) -> None:
    expected = expected[["model", "round", *COLUMNS]].sort_values(["model", "round"], ignore_index=True)
    pd.testing.assert_frame_equal(as_frame(history), expected, check_dtype=False)


# ---------------------------------------------------------------- names


async def test_it_says_what_it_is(source: SampleSource) -> None:
    offered: Source = source
    assert offered.label == "Sample, 2022"
    assert offered.tournament == "classic"
    assert await offered.until() == date(2022, 8, 18)


async def test_1096_models_and_794_guessed_accounts(source: SampleSource, rows: pd.DataFrame) -> None:
    names = await source.names()
    assert len(names.models) == len(set(names.models)) == 1096
    assert len(names.accounts) == len(set(names.accounts)) == 794
    assert list(names.models) == sorted(rows["model"].unique())
    assert list(names.accounts) == sorted(rows["account"].unique())


async def test_names_are_found_whatever_their_case(source: SampleSource) -> None:
    names = await source.names()
    for name in (*names.models[::50], *names.accounts[::50], EVERYONE):
        for typed in (name, name.upper(), name.title(), f"  {name}\n"):
            assert await source.find(typed) == name


@pytest.mark.parametrize(
    "typed", ["", " ", "model_0000", "model_00005x", "every one", "nobody", "x" * 10_000]
)
async def test_what_is_no_name_is_not_found(source: SampleSource, typed: str) -> None:
    assert await source.find(typed) is None


@pytest.mark.parametrize("name", ["", "nobody", "MODEL_00005", "model_00005 ", "Everyone"])
async def test_a_history_needs_the_name_as_it_is_spelled(source: SampleSource, name: str) -> None:
    with pytest.raises(KeyError, match=name.strip() or "''"):
        await source.history(name)


# ---------------------------------------------------------------- rows


async def test_everyone_is_every_row_of_the_file(source: SampleSource, rows: pd.DataFrame) -> None:
    everyone = await source.history(EVERYONE)
    assert everyone.round.size == len(rows) == 60_756
    assert (everyone.name, everyone.kind) == (EVERYONE, "everyone")
    assert everyone.models == (await source.names()).models
    assert everyone.resolved.all()
    assert everyone.asked_at is None
    assert everyone.notice == ""
    same_rows(everyone, rows)


async def test_no_model_has_two_rows_in_a_round(source: SampleSource) -> None:
    everyone = await source.history(EVERYONE)
    assert len(set(zip(everyone.model.tolist(), everyone.round.tolist(), strict=True))) == 60_756


async def test_what_is_unknown_is_nan_and_never_0(source: SampleSource, rows: pd.DataFrame) -> None:
    everyone = await source.history(EVERYONE)
    for column, unknown in {
        "corr": 0,
        "tc": 1157,
        "fnc_v3": 18_286,
        "stake_nmr": 844,
        "payout_nmr": 2596,
    }.items():
        assert rows[column].isna().sum() == unknown
        assert np.isnan(COLUMNS[column](everyone)).sum() == unknown
    staked = everyone.stake > 0
    assert np.isnan(everyone.payout[staked]).sum() == 1065
    assert ((everyone.stake == 0) & (everyone.payout == 0)).sum() == 21_822


async def test_a_model_has_its_own_rows_in_order(source: SampleSource, rows: pd.DataFrame) -> None:
    for name in (await source.names()).models[::73]:
        history = await source.history(name)
        assert (history.name, history.kind, history.models) == (name, "model", (name,))
        assert (history.model == 0).all()
        assert (np.diff(history.round) > 0).all()
        same_rows(history, rows[rows["model"] == name])


async def test_an_account_is_the_union_of_its_models(source: SampleSource, rows: pd.DataFrame) -> None:
    sizes = rows.groupby("account")["model"].nunique().sort_values()
    assert sizes.iloc[-1] == 32
    for name in (*sizes.index[-5:], *sizes.index[::100]):
        account = await source.history(str(name))
        assert (account.name, account.kind) == (name, "account")
        assert list(account.models) == sorted(rows.loc[rows["account"] == name, "model"].unique())
        same_rows(account, rows[rows["account"] == name])
        together = [as_frame(await source.history(model)) for model in account.models]
        pd.testing.assert_frame_equal(as_frame(account), pd.concat(together, ignore_index=True))


async def test_accounts_share_out_the_models_without_a_rest(source: SampleSource) -> None:
    names = await source.names()
    owned = [model for account in names.accounts for model in (await source.history(account)).models]
    assert sorted(owned) == list(names.models)


async def test_the_factor_of_a_row_is_that_of_its_round(source: SampleSource, calendar: pd.DataFrame) -> None:
    everyone = await source.history(EVERYONE)
    by_round = calendar.set_index("round")["payout_factor"]
    np.testing.assert_array_equal(everyone.payout_factor, by_round[everyone.round])


async def test_the_sample_held_at_most_19_percent_of_what_was_at_risk(
    source: SampleSource, calendar: pd.DataFrame
) -> None:
    everyone = await source.history(EVERYONE)
    numbers, at = np.unique(everyone.round, return_inverse=True)
    held = np.bincount(at, weights=np.nan_to_num(everyone.stake))
    total = calendar.set_index("round")["total_at_risk_nmr"][numbers].to_numpy()
    grown = total > 15_000  # from round 186 on; before it the whole tournament risked less
    shares = dict(zip(numbers[grown].tolist(), 100 * held[grown] / total[grown], strict=True))
    assert min(shares) == 186
    assert round(shares[310], 1) == 18.7
    assert round(shares[325], 1) == 1.0
    assert round(max(shares.values())) == 19


async def test_scores_name_the_rounds_that_have_them(source: SampleSource, rows: pd.DataFrame) -> None:
    scores = await source.scores()
    assert dict(scores) == {"corr": (168, 325), "tc": (178, 325), "fnc_v3": (267, 325)}
    for score, (first, last) in scores.items():
        having = rows.loc[rows[score].notna(), "round"]
        assert (having.min(), having.max()) == (first, last)


async def test_some_rows_of_a_history_keep_their_columns_together(
    source: SampleSource, rows: pd.DataFrame
) -> None:
    everyone = await source.history(EVERYONE)
    recent = everyone.only(everyone.round >= 311)
    same_rows(recent, rows[rows["round"] >= 311])
    assert (recent.name, recent.kind, recent.models) == (everyone.name, everyone.kind, everyone.models)
    picked = recent.only(np.array([5, 0]))
    np.testing.assert_array_equal(picked.stake, recent.stake[[5, 0]])
    np.testing.assert_array_equal(picked.scores["tc"], recent.scores["tc"][[5, 0]])
    assert everyone.only(np.zeros(60_756, dtype=bool)).round.size == 0
    assert everyone.round.size == 60_756


async def test_what_it_hands_out_is_frozen(source: SampleSource) -> None:
    history = await source.history("model_00005")
    for thing, field in (
        (history, "stake"),
        (history, "name"),
        (await source.names(), "models"),
        (await source.rounds(), "number"),
    ):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(thing, field, None)


async def test_a_model_s_numbers_are_a_copy_that_leaves_the_sample_alone(source: SampleSource) -> None:
    before = as_frame(await source.history("model_00005"))
    history = await source.history("model_00005")
    history.stake[:] = -1
    history.scores["corr"][:] = -1
    pd.testing.assert_frame_equal(as_frame(await source.history("model_00005")), before)


# ---------------------------------------------------------------- rounds


async def test_rounds_168_to_382_as_they_are_in_the_file(
    source: SampleSource, calendar: pd.DataFrame
) -> None:
    rounds = await source.rounds()
    np.testing.assert_array_equal(rounds.number, np.arange(168, 383))
    np.testing.assert_array_equal(rounds.number, calendar["round"])
    for ours, theirs in (("opened", "open_time"), ("resolves", "resolve_time")):
        utc = calendar[theirs].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy("datetime64[s]")
        np.testing.assert_array_equal(getattr(rounds, ours), utc)
    for ours, theirs in (
        ("total_at_risk", "total_at_risk_nmr"),
        ("stake_threshold", "stake_threshold_nmr"),
        ("payout_factor", "payout_factor"),
    ):
        np.testing.assert_array_equal(getattr(rounds, ours), calendar[theirs])
    np.testing.assert_array_equal(rounds.paid, ~calendar["is_daily"])


async def test_about_five_weekly_rounds_are_under_way_at_once(
    source: SampleSource, calendar: pd.DataFrame
) -> None:
    rounds = await source.rounds()
    weekly = calendar[~calendar["is_daily"]]

    def counted(number: int) -> int:
        opens = calendar.loc[calendar["round"] == number, "open_time"].item()
        return int(((weekly["open_time"] <= opens) & (weekly["resolve_time"] > opens)).sum())

    for first, last in ((168, 325), (306, 325), (311, 325), (325, 325), (200, 201), (168, 170), (168, 382)):
        numbers = np.arange(first, last + 1)
        assert rounds.overlap(numbers) == int(np.median([counted(number) for number in numbers]))
    assert rounds.overlap(np.arange(168, 326)) == 5
    assert rounds.overlap(np.arange(306, 326)) == 5


async def test_rounds_that_are_not_there_overlap_nothing_but_themselves(source: SampleSource) -> None:
    rounds = await source.rounds()
    assert rounds.overlap(np.array([], dtype=np.int64)) == 1
    assert rounds.overlap(np.array([9999])) == 1
    assert rounds.overlap(np.array([168])) == 1  # the first that is on record


def made_up_rounds(every_hours: int, lasting_hours: int, count: int, paid: object = True) -> Rounds:
    opened = np.datetime64("2031-05-01T12:00:00") + np.arange(count) * np.timedelta64(every_hours, "h")
    nan = np.full(count, np.nan)
    return Rounds(
        number=np.arange(1, count + 1),
        opened=opened,
        resolves=opened + np.timedelta64(lasting_hours, "h"),
        total_at_risk=nan,
        stake_threshold=nan,
        payout_factor=nan,
        paid=np.broadcast_to(np.asarray(paid, dtype=bool), count),
    )


@pytest.mark.parametrize(
    ("every", "lasting", "overlap"),
    [
        (7 * 24, 7 * 24 + 1, 2),
        (7 * 24, 7 * 24, 1),  # one resolves as the next opens
        (7 * 24, 3 * 24, 1),
        (24, 10 * 24, 10),
        (24, 10 * 24 + 1, 11),
        (24, 64 * 24, 64),
    ],
)
def test_overlap_comes_from_open_and_resolve_times(every: int, lasting: int, overlap: int) -> None:
    assert made_up_rounds(every, lasting, 200).overlap(np.arange(100, 150)) == overlap


def test_test_rounds_that_pay_nothing_do_not_count_as_under_way() -> None:
    paid = np.arange(200) % 2 == 0
    assert made_up_rounds(24, 10 * 24, 200, paid).overlap(np.arange(100, 150)) == 5


def test_rounds_that_resolve_out_of_order_are_counted_all_the_same() -> None:
    rounds = made_up_rounds(24, 48, 4)
    late = dataclasses.replace(rounds, resolves=rounds.opened + np.array([240, 24, 24, 24], "timedelta64[h]"))
    # when the fourth opens, the first and it itself are under way
    assert late.overlap(np.array([4])) == 2


# ---------------------------------------------------------------- stakes and prices


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
    prices = await source.usd_by_day()
    days = [date.fromisoformat(day) for day in prices]
    assert (days[0], days[-1]) == (date(2022, 4, 30), date(2023, 2, 23))
    assert {(later - earlier).days for earlier, later in itertools.pairwise(days)} == {1}
    assert min(prices.values()) > 0
    day, price = await source.usd_per_nmr() or (date.min, 0.0)
    assert prices[day.isoformat()] == price


# ---------------------------------------------------------------- reading


async def test_many_first_questions_at_once_read_the_files_once() -> None:
    fresh = SampleSource()
    several = await asyncio.gather(*(fresh.history(EVERYONE) for _ in range(5)), fresh.names())
    assert all(history is several[0] for history in several[:5])


SMALL = """\
model,account,round,corr,tc,fnc_v3,corr_multiplier,tc_multiplier,payout_factor,stake_nmr,payout_nmr
loud_Heron,herons,319,0.02,,0.01,1,0,0.5,100,1
Ωμέγα 🦉,owls,320,0.03,0.04,,0,3,0.5,10,0.6
loud_Heron,herons,318,0.01,0.02,,1,0,0.5,,
brass_kettle,herons,320,-0.01,0.05,,1,2,0.5,0,0
"""
SMALL_ROUNDS = """\
round,open_time,resolve_time,is_daily,payout_factor,stake_threshold_nmr,total_at_risk_nmr
320,2022-06-11T18:00:00Z,2022-07-14T20:00:00Z,False,0.5,300000,600000
319,2022-06-04T18:00:00Z,2022-07-07T20:00:00Z,False,0.5,300000,600000
318,2022-05-28T18:00:00Z,2022-06-30T20:00:00Z,False,,300000,600000
321,2022-06-18T18:00:00Z,2022-07-21T20:00:00Z,True,0,0,0
"""
SMALL_LEADERBOARD = """\
model,account,nmr_staked,start_date
Ωμέγα 🦉,owls,0,2022-04-02
loud_Heron,herons,100.000000000000000001,2021-10-31
quiet_newcomer,newcomers,0,2022-12-21
brass_kettle,herons,0.5,2020-01-01
"""


def write_small(folder: Path) -> None:
    pd.Series([]).to_csv(folder / "unrelated.csv")
    (folder / "rounds_2022-12-22.csv").write_text(SMALL_ROUNDS, encoding="utf-8")
    (folder / "nmr_usd_daily.csv").write_text("date,usd_per_nmr\n", encoding="utf-8")
    for name, text in (
        ("performance_r168_r325.csv.gz", SMALL),
        ("leaderboard_2022-12-22.csv.gz", SMALL_LEADERBOARD),
    ):
        lines = [line.split(",") for line in text.splitlines()]
        pd.DataFrame(lines[1:], columns=lines[0]).to_csv(folder / name, index=False)


async def test_files_are_read_on_the_first_question_and_not_before(tmp_path: Path) -> None:
    small = SampleSource(tmp_path)
    with pytest.raises(FileNotFoundError):
        await small.names()
    write_small(tmp_path)
    assert (await small.names()).models == ("brass_kettle", "loud_Heron", "Ωμέγα 🦉")


async def test_a_small_sample_comes_out_as_it_was_written(tmp_path: Path) -> None:
    write_small(tmp_path)
    small = SampleSource(tmp_path)
    assert (await small.names()).accounts == ("herons", "owls")
    assert await small.find("LOUD_heron") == "loud_Heron"
    assert await small.find("ωμέγα 🦉") == "Ωμέγα 🦉"
    assert dict(await small.scores()) == {"corr": (318, 320), "tc": (318, 320), "fnc_v3": (319, 319)}
    assert await small.until() == date(2022, 7, 14)
    herons = await small.history("herons")
    assert herons.models == ("brass_kettle", "loud_Heron")
    np.testing.assert_array_equal(herons.model, [0, 1, 1])
    np.testing.assert_array_equal(herons.round, [320, 318, 319])
    np.testing.assert_array_equal(herons.stake, [0, np.nan, 100])
    np.testing.assert_array_equal(herons.payout, [0, np.nan, 1])
    np.testing.assert_array_equal(herons.scores["tc"], [0.05, 0.02, np.nan])
    rounds = await small.rounds()
    np.testing.assert_array_equal(rounds.number, [318, 319, 320, 321])
    np.testing.assert_array_equal(rounds.paid, [True, True, True, False])
    np.testing.assert_array_equal(rounds.payout_factor, [np.nan, 0.5, 0.5, 0])
    assert rounds.overlap(np.array([320, 321])) == 3
    stakes = await small.stakes()
    assert stakes.models == ("brass_kettle", "loud_Heron", "quiet_newcomer", "Ωμέγα 🦉")
    assert stakes.accounts == ("herons", "newcomers", "owls")
    np.testing.assert_array_equal(stakes.model_stake, [0.5, 100, 0, 0])
    np.testing.assert_array_equal(stakes.account_stake, [100.5, 0, 0])
    np.testing.assert_array_equal(stakes.account_of, [0, 0, 1, 2])
    assert dict(await small.usd_by_day()) == {}
