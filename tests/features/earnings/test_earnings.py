"""What was earned and what is pending: the payout column by pandas, open rounds by an invented source."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from features.earnings.earnings import pay_record, scores_today
from features.earnings.earnings_card import record_card
from scoring.rules import PayoutRule
from tests.tournament.sample import file_rows
from tournament.overview import Likeness, ScoresOfTheDay
from tournament.sample import FOLDER, SampleSource
from tournament.source import EVERYONE, History, Names, Rounds, Source, Tournament
from wording.numbers import brief

MODEL, ACCOUNT, NEVER_STAKED = "model_07585", "account_03793", "model_00112"
ENDED = "model_00221"  # rounds 248-310, of which the last four are interim
NAN = math.nan
ASKED = datetime(2031, 7, 1, 12, tzinfo=UTC)


# ---------------------------------------------------------------- the sample


@pytest.mark.slow
@pytest.mark.parametrize("name", [MODEL, ACCOUNT, ENDED, EVERYONE])
@pytest.mark.parametrize(("asked", "first", "last"), [("all", 168, 325), ("300-325", 300, 325)])
async def test_earned_is_the_payout_column_added_up(
    source: SampleSource, name: str, asked: str, first: int, last: int
) -> None:
    got = await pay_record(source, name, rounds=asked)
    mine = file_rows.shipped()
    mine["tc"] = mine["tc"].where(mine["round"] >= 200)
    mine = mine[(mine["model"] == name) | (mine["account"] == name) | (name == EVERYONE)]
    mine = mine[mine["round"].between(first, last) & (mine["stake_nmr"] > 0)]
    by_round = mine.groupby("round")[["stake_nmr", "payout_nmr"]].sum()
    final = mine.groupby("round")["final"].all()
    np.testing.assert_array_equal(got.rounds, by_round.index)
    np.testing.assert_array_equal(got.resolved, final)
    np.testing.assert_allclose(got.at_risk, by_round["stake_nmr"], rtol=1e-9)
    np.testing.assert_allclose(got.payout, by_round["payout_nmr"], rtol=1e-9, atol=1e-9)
    assert got.earned == pytest.approx(by_round.loc[final, "payout_nmr"].sum(), rel=1e-9)
    assert got.pending == pytest.approx(by_round.loc[~final, "payout_nmr"].sum(), rel=1e-9)
    assert set(got.rounds[~got.resolved]) == {*range(307, 311), *range(322, 326)} & set(by_round.index) - (
        {307, 308, 309, 310} if name == MODEL else set()
    )
    burned = mine["payout_nmr"].clip(upper=0).groupby(mine["round"]).sum()
    assert got.burned == pytest.approx(-burned[final].sum(), rel=1e-9)
    assert got.unknown.sum() == mine["payout_nmr"].isna().sum()
    assert got.models == mine["model"].nunique()
    for score in ("corr", "tc", "fnc_v3"):
        known = mine[mine[score].notna()]
        expected = (known[score] * known["stake_nmr"]).groupby(known["round"]).sum()
        expected /= known.groupby("round")["stake_nmr"].sum()
        np.testing.assert_allclose(got.scores[score], expected.reindex(got.rounds), rtol=1e-9, atol=1e-12)


async def test_the_newest_are_what_is_open_and_the_last_20_that_are_final(
    source: SampleSource, rows: pd.DataFrame
) -> None:
    for name, still_open in ((MODEL, [322, 323, 324, 325]), (ENDED, [307, 308, 309, 310])):
        final = rows.loc[(rows["model"] == name) & (rows["stake_nmr"] > 0), "round"]
        got = await pay_record(source, name.upper())
        assert (got.name, got.rounds.tolist()) == (name, sorted(final)[-20:] + still_open)
        asked = await pay_record(source, name, rounds="last 20")
        assert asked.rounds.tolist() == got.rounds.tolist()[-20:]
    prices = pd.read_csv(FOLDER / "nmr_usd_daily.csv", index_col="date")["usd_per_nmr"]
    assert got.usd == (got.until, pytest.approx(prices[got.until.isoformat()]))


@pytest.mark.parametrize(
    ("name", "asked", "told"),
    [
        (NEVER_STAKED, None, f"{NEVER_STAKED} has no round with a stake in Sample, 2022, so nothing "),
        (MODEL, "168-170", f"{MODEL} had no stake in rounds 168-170: it had one in rounds "),
        (MODEL, "round 9000", "There is nothing in round 9000: "),
        (MODEL, "325-311", "Rounds 325-311 run backwards."),
        ("quiet_heron", None, "There is no model or account called “quiet_heron” in this data."),
    ],
)  # fmt: skip
async def test_what_has_no_record_is_explained(
    source: SampleSource, name: str, asked: str | None, told: str
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - whole sentences are compared
        await pay_record(source, name, rounds=asked)
    assert str(caught.value).startswith(told)


# ---------------------------------------------------------------- rounds that are still open


@dataclass(frozen=True)
class Invented:
    """A source of one account, whose rows were made up."""

    rows: History
    label: str = "Invented"
    tournament: Tournament = "classic"
    live: bool = True
    caveats: Mapping[str, str] = field(default_factory=dict)

    async def names(self) -> Names:
        return Names(self.rows.models, (self.rows.name,))

    async def find(self, typed: str) -> str | None:
        return self.rows.name if typed == self.rows.name else None

    async def rounds(self) -> Rounds:
        number = np.arange(900, 906)
        opened = np.datetime64("2031-05-04") + 7 * np.arange(6)
        known = np.full(6, 1.0)
        return Rounds(number, opened, opened + 30, known, known, known, known > 0)

    async def scores(self) -> Mapping[str, tuple[int, int]]:
        return {"corr": (900, 905)}

    async def history(self, name: str) -> History:
        assert name == self.rows.name
        return self.rows

    async def until(self) -> date:
        return date(2031, 6, 30)

    async def live_rule(self) -> PayoutRule | None:
        return None

    async def live_rule_differs(self) -> str:
        return ""

    async def usd_per_nmr(self) -> tuple[date, float] | None:
        return None

    async def likeness(self, model: str) -> Likeness | None:
        return None

    async def scores_of_the_day(self) -> ScoresOfTheDay | None:
        return None


def invented(*rows: tuple[int, int, float, float, float, bool]) -> Source:
    """Rows of model, round, corr, stake, payout and whether the round is resolved."""
    model, number, corr, stake, payout, resolved = map(np.array, zip(*rows, strict=True))
    one, scores = np.ones(len(rows)), {"corr": corr, "mmc": np.full(len(rows), NAN)}
    known = (model, number, scores, {"corr": one}, one, stake, payout, resolved)
    return Invented(
        History("quiet_heron", "account", ("heron_one", "heron_two"), *known, ASKED, "Asked twice.")
    )


async def test_open_rounds_are_pending_and_not_earned() -> None:
    got = await pay_record(
        invented(
            (0, 900, 0.01, 100.0, 1.5, True),
            (0, 901, -0.02, 100.0, -2.25, True),
            (0, 902, 0.03, 100.0, 3.0, False),
            (0, 903, -0.01, 100.0, -0.5, False),
        ),
        "quiet_heron",
    )
    assert (got.earned, got.pending) == (-0.75, 2.5)
    assert got.finding == "quiet_heron burned 0.7500 NMR in 2 rounds; 2.50 NMR more is pending in 2 rounds."
    assert (got.asked_at, got.notice, got.until) == (ASKED, "Asked twice.", date(2031, 6, 30))


async def test_a_round_is_final_once_it_is_for_every_model() -> None:
    rows = [(0, 900, 1.0, True), (1, 900, 2.0, True), (0, 901, 4.0, True), (1, 901, 8.0, False)]
    got = await pay_record(
        invented(*((m, r, 0.01, 10.0, pay, done) for m, r, pay, done in rows)), "quiet_heron"
    )
    assert (got.earned, got.pending, got.models) == (3, 12, 2)


async def test_scores_are_weighted_by_stake_and_unknown_ones_left_out() -> None:
    rows = [(0, 900, 0.01, 300.0), (1, 900, 0.05, 100.0), (0, 901, NAN, 300.0), (1, 901, 0.05, 100.0)]
    rows += [(0, 902, NAN, 300.0), (1, 903, 0.07, 0.0)]
    got = await pay_record(invented(*((*row, 0.0, True) for row in rows)), "quiet_heron")
    np.testing.assert_allclose(got.scores["corr"], [0.02, 0.05, NAN], rtol=1e-12)
    assert np.isnan(got.scores["mmc"]).all()
    assert got.rounds.tolist() == [900, 901, 902]  # a round without a stake is none
    np.testing.assert_array_equal(got.at_risk, [400, 400, 300])


async def test_payouts_nobody_knows_are_counted_and_add_nothing() -> None:
    rows = [(0, 900, 0.01, 10.0, NAN, True), (0, 901, 0.01, 10.0, 2.0, True), (0, 902, 0.01, 5.0, NAN, False)]
    got = await pay_record(invented(*rows), "quiet_heron")
    assert (got.unknown.tolist(), got.earned, got.pending) == ([1, 0, 1], 2, 0)
    assert np.isfinite(got.payout).all()
    two, one = (record_card(each).text for each in (got, replace(got, unknown=np.array([1, 0, 0]))))
    assert two.endswith("2 payouts are not known and count as 0.")
    assert one.endswith("1 payout is not known and counts as 0.")


async def test_a_burn_that_is_pending_is_not_called_more() -> None:
    got = await pay_record(
        invented((0, 900, 0.01, 10.0, 1.0, True), (0, 901, -0.01, 10.0, -4.0, False)), "quiet_heron"
    )
    assert got.pending == -4
    assert "−4.00 NMR more" not in got.finding


NOON = datetime(2031, 6, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (None, ("", None)),
        (ScoresOfTheDay(None, None, None), ("", None)),
        (ScoresOfTheDay(True, None, None), ("Today's scores are not out yet", None)),
        (ScoresOfTheDay(True, NOON - 24 * HOUR, None), ("Today's scores are not out yet", None)),
        (ScoresOfTheDay(False, NOON - 24 * HOUR, NOON + HOUR), ("No scores come today", None)),
        (ScoresOfTheDay(True, NOON - HOUR, NOON), ("Today's scores are out since", NOON - HOUR)),
        (ScoresOfTheDay(None, NOON - HOUR, None), ("Today's scores are out since", NOON - HOUR)),
        (ScoresOfTheDay(True, None, NOON + HOUR), ("Today's scores are due by", NOON + HOUR)),
        (ScoresOfTheDay(True, None, NOON - HOUR), ("Today's scores are late: they were due by", NOON - HOUR)),
        (ScoresOfTheDay(True, None, NOON + 24 * HOUR), ("Today's scores are not out yet", None)),
    ],
)
def test_whether_the_day_s_scores_are_out(
    told: ScoresOfTheDay | None, said: tuple[str, datetime | None]
) -> None:
    assert scores_today(told, NOON) == said


async def test_what_everyone_earned_and_burned_is_told(source: SampleSource) -> None:
    everyone = record_card(await pay_record(source, EVERYONE, rounds="311-321")).text
    mine = file_rows.shipped()
    paid = mine[mine["round"].between(311, 321) & (mine["stake_nmr"] > 0)]["payout_nmr"]
    earned, burned = (brief(each) for each in (paid.clip(lower=0).sum(), -paid.clip(upper=0).sum()))
    assert f"{earned} NMR earned, {burned} burned" in everyone
    assert "burned" not in record_card(await pay_record(source, MODEL, rounds="311-321")).text


async def test_a_round_that_has_no_scores_yet_is_not_called_unknown() -> None:
    rows = [(0, 900, 0.01, 10.0, 1.0, True), (0, 901, NAN, 10.0, NAN, False), (0, 902, NAN, 10.0, NAN, True)]
    got = await pay_record(invented(*rows), "quiet_heron")
    assert got.unknown.tolist() == [0, 0, 1]
