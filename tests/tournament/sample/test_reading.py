"""The files of a sample are read once, on the first question, and come out as they were written by hand."""

import asyncio
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tournament.sample import SampleSource


@pytest.mark.slow
async def test_many_first_questions_at_once_read_the_files_once() -> None:
    fresh = SampleSource()
    several = await asyncio.gather(*(fresh.everyone() for _ in range(5)), fresh.names())
    assert all(field is several[0] for field in several[:5])


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
# of the second row the round was still open when it was exported, and the third is no MMC
SMALL_PAID = """\
model,round,second_score_name,second_score
loud_Heron,273,mmc,0.011
loud_Heron,274,mmc,0.012
brass_kettle,273,tc,0.013
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
        ("payouts_paid.csv.gz", SMALL_PAID),
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
    assert await small.until() == date(2022, 7, 23)
    herons = await small.history("herons")
    assert herons.models == ("brass_kettle", "loud_Heron")
    np.testing.assert_array_equal(herons.model, [0, 1, 1])
    np.testing.assert_array_equal(herons.round, [320, 318, 319])
    np.testing.assert_array_equal(herons.stake, [0, np.nan, 100])
    np.testing.assert_array_equal(herons.payout, [0, np.nan, 1])
    np.testing.assert_array_equal(herons.scores["tc"], [0.05, 0.02, np.nan])
    assert herons.resolved.all()
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
    assert dict(await small.price_of_day("USD")) == {}


async def test_an_mmc_on_record_stands_beside_its_row_and_is_no_score(tmp_path: Path) -> None:
    write_small(tmp_path)
    rows = """\
model,account,round,corr,tc,fnc_v3,corr_multiplier,tc_multiplier,payout_factor,stake_nmr,payout_nmr
loud_Heron,herons,274,0.04,0.07,,1,0,0.5,10,1
brass_kettle,herons,273,0.05,0.08,,1,0,0.5,10,1
loud_Heron,herons,273,0.05,0.08,,1,0,0.5,10,1
"""
    lines = [line.split(",") for line in rows.splitlines()]
    pd.DataFrame(lines[1:], columns=lines[0]).to_csv(tmp_path / "performance_r168_r325.csv.gz", index=False)
    (tmp_path / "rounds_2022-12-22.csv").write_text(
        SMALL_ROUNDS.splitlines()[0]
        + """
273,2021-07-17T18:00:00Z,2021-08-18T20:00:00Z,False,0.5,300000,600000
274,2021-07-24T18:00:00Z,2021-08-25T20:00:00Z,False,0.5,300000,600000
""",
        encoding="utf-8",
    )
    herons = await SampleSource(tmp_path).history("herons")
    np.testing.assert_array_equal(herons.round, [273, 273, 274])
    np.testing.assert_array_equal(herons.likeness["published_mmc"], [np.nan, 0.011, np.nan])
    assert "mmc" not in herons.scores


async def test_rows_are_final_by_the_export_they_are_from_and_scores_are_those_of_final_rows(
    tmp_path: Path,
) -> None:
    write_small(tmp_path)
    rows = """\
model,account,round,corr,tc,fnc_v3,corr_multiplier,tc_multiplier,payout_factor,stake_nmr,payout_nmr
ended_early,owls,199,0.01,0.5,,1,0,0.5,10,1
ended_early,owls,200,0.02,0.05,,1,0,0.5,10,1
ended_early,owls,310,0.03,0.06,0.01,1,0,0.5,10,1
stayed_on,herons,310,0.04,0.07,,1,0,0.5,10,1
stayed_on,herons,311,0.05,0.08,,1,0,0.5,10,1
"""
    lines = [line.split(",") for line in rows.splitlines()]
    pd.DataFrame(lines[1:], columns=lines[0]).to_csv(tmp_path / "performance_r168_r325.csv.gz", index=False)
    (tmp_path / "rounds_2022-12-22.csv").write_text(
        SMALL_ROUNDS.splitlines()[0]
        + """
199,2020-01-04T18:00:00Z,2020-02-06T20:00:00Z,False,0.5,300000,600000
200,2022-03-05T18:00:00Z,2022-04-08T23:59:59Z,False,0.5,300000,600000
310,2022-03-12T18:00:00Z,2022-04-09T00:00:01Z,False,0.5,300000,600000
311,2022-06-18T18:00:00Z,2022-07-23T00:00:01Z,False,0.5,300000,600000
""",
        encoding="utf-8",
    )
    small = SampleSource(tmp_path)
    early, late = await small.history("ended_early"), await small.history("stayed_on")
    assert early.resolved.tolist() == [True, True, False]
    assert late.resolved.tolist() == [True, False]
    np.testing.assert_array_equal(early.scores["tc"], [np.nan, 0.05, 0.06])
    np.testing.assert_array_equal(early.other_unit["tc"], [0.5, np.nan, np.nan])
    np.testing.assert_array_equal(early.with_other_unit().scores["tc"], [0.5, 0.05, 0.06])
    # the only FNCv3 is interim, so none is offered
    assert dict(await small.scores()) == {"corr": (199, 310), "tc": (200, 310)}
