"""Pay in a currency by the year in which rounds resolved: by pandas over the files, and invented rows."""

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from features.earnings.earnings import NoPayError
from features.earnings.priced_pay import PricedPay, find_currency, priced_as_csv, priced_pay
from features.earnings.priced_pay_card import priced_answer, priced_card
from features.earnings.priced_pay_chart import picture_of_priced
from features.earnings.shown_card import earnings_asked, earnings_csv
from storage.database import Database
from storage.market.prices import keep_price
from tests.features.earnings.test_earnings import Invented, invented
from tests.features.payout.test_compare_chart import NAMES, check_whole
from tests.numerai_data import Present
from tests.numerai_server import LoopbackNumerai
from tests.patience import CALM
from tests.tournament.sample import file_rows
from tests.ui.cards import check_answer
from tournament.numerai.source import NumeraiSource, Throttle
from tournament.sample import FOLDER, SampleSource
from tournament.source import CURRENCIES, Rounds, Source, SourceError
from wording.numbers import number

MODEL, OTHER, NEVER_STAKED, ACCOUNT = "model_07585", "model_02765", "model_00112", "account_03793"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
ASKED = {"name": MODEL, "rounds": None, "tournament": "classic", "year": 2022, "currency": "USD"}
NAN = math.nan


def by_hand(name: str, year: int) -> pd.DataFrame:
    """Model, round, day, stake, pay and price of the rounds that resolved in a year, read from the files."""
    rows = file_rows.shipped()
    rows = rows[
        ((rows["model"] == name) | (rows["account"] == name)) & (rows["stake_nmr"] > 0) & rows["final"]
    ]
    rounds = pd.read_csv(FOLDER / "rounds_2022-12-22.csv").set_index("round")["resolve_time"]
    prices = pd.read_csv(FOLDER / "nmr_usd_daily.csv").set_index("date")["usd_per_nmr"]
    found = rows[["model", "round", "stake_nmr", "payout_nmr"]].copy()
    found["day"] = found["round"].map(rounds).str[:10]
    found = found[found["day"].str[:4] == str(year)]
    found["price"] = found["day"].map(prices)
    found["value"] = found["payout_nmr"] * found["price"]
    return found.sort_values(["day", "round", "model"]).reset_index(drop=True)


@pytest.mark.parametrize(("name", "year"), [(MODEL, 2022), (ACCOUNT, 2022), (MODEL, 2021)])
async def test_each_round_has_the_price_of_the_day_it_resolved(
    source: SampleSource, name: str, year: int
) -> None:
    found = await priced_pay(source, [name], now=NOW, year=year)
    rows = by_hand(name, year)
    assert len(rows) > 5
    read = pd.read_csv(io.StringIO(priced_as_csv(found)))
    total, read = read.iloc[-1], read.iloc[:-1].reset_index(drop=True)
    assert read["model"].tolist() == rows["model"].tolist()
    assert read["round"].astype(int).tolist() == rows["round"].tolist()
    assert read["resolved_on"].tolist() == rows["day"].tolist()
    for ours, theirs in (
        ("nmr_at_risk", "stake_nmr"),
        ("nmr_paid", "payout_nmr"),
        ("price", "price"),
        ("value", "value"),
    ):
        np.testing.assert_allclose(read[ours].astype(float), rows[theirs], rtol=1e-9)
    assert set(read["currency"]) == {"USD"}
    assert (total["model"], total["currency"]) == ("total", "USD")
    assert total["nmr_paid"] == pytest.approx(rows["payout_nmr"].sum(), rel=1e-9)
    assert found.total == pytest.approx(rows["payout_nmr"].sum(), rel=1e-9)
    unknown = rows.loc[rows["price"].isna(), "day"].nunique()
    assert found.day_count == (rows["day"].nunique(), unknown)
    if rows["price"].isna().all():
        assert math.isnan(found.total_value)
        assert math.isnan(total["value"])
    else:
        assert total["value"] == pytest.approx(rows["value"].sum(), rel=1e-9)
        assert found.total_value == pytest.approx(rows["value"].sum(), rel=1e-9)


async def test_the_card_says_of_which_days_the_price_is_not_known(source: SampleSource) -> None:
    found = await priced_pay(source, [MODEL], now=NOW, year=2022)
    rows = by_hand(MODEL, 2022)
    days, unknown = rows["day"].nunique(), rows.loc[rows["price"].isna(), "day"].nunique()
    assert 0 < unknown < days
    told = check_answer(priced_answer(found, ASKED))
    assert told.startswith(
        f"{MODEL} earned {number(rows['payout_nmr'].sum())} NMR in 2022; {number(rows['value'].sum())} USD "
        f"for the {days - unknown} of {days} days whose price is known"
    )
    priced = rows.loc[rows["price"].notna(), "payout_nmr"].sum()
    assert (
        f"The price of {unknown} of {days} days is not known here: the sample has no others. The total in "
        f"USD is of the others only: {number(priced)} NMR of {number(rows['payout_nmr'].sum())} NMR."
    ) in told
    june = rows[rows["day"].str[:7] == "2022-06"]
    line = next(each for each in told.splitlines() if each.startswith("2022-06"))
    assert line.split()[1:] == [f"{june['payout_nmr'].sum():.0f}", f"{june['value'].sum():,.0f}"]
    assert next(each for each in told.splitlines() if each.startswith("2022-02")).split()[-1] == "-"
    assert "no tax advice" in told


async def test_a_year_without_a_price_has_a_total_in_nmr_alone(source: SampleSource) -> None:
    found = await priced_pay(source, [MODEL], now=NOW, year=2021)
    told = check_answer(priced_answer(found, ASKED | {"year": 2021}))
    assert "in 2021; in USD it is not known here" in told
    assert "The total in USD" not in told


async def test_rounds_can_be_typed_in_place_of_a_year(source: SampleSource) -> None:
    for typed, first, last in (("311-321", 311, 321), (None, 302, 321)):
        found = await priced_pay(source, [MODEL], now=NOW, currency="usd", rounds=typed)
        assert (found.rounds.min(), found.rounds.max()) == (first, last)
        assert found.when == f"rounds {first}-{last}"
        check_answer(priced_answer(found, ASKED | {"year": None, "rounds": typed}))


async def test_a_model_behind_two_names_counts_once(source: SampleSource) -> None:
    rows = by_hand(ACCOUNT, 2022)
    model = rows["model"].iloc[0]
    found = await priced_pay(source, [model, ACCOUNT, MODEL], now=NOW, year=2022)
    expected = rows["payout_nmr"].sum() + by_hand(MODEL, 2022)["payout_nmr"].sum()
    assert found.total == pytest.approx(expected, rel=1e-9)
    told = check_answer(priced_answer(found, ASKED))
    assert "2022 by model" in told
    shared = check_answer(priced_answer(found.for_others(MODEL), ASKED))
    assert MODEL in shared
    assert model not in shared
    assert ACCOUNT not in shared
    assert "account 2" in shared


@pytest.mark.parametrize(
    ("names", "asked", "told"),
    [
        ([MODEL], {"year": 2027}, "2027 has not begun: pick a year up to 2026."),
        (
            [MODEL],
            {"year": 2016},
            f"{MODEL} had no stake in a round that resolved in 2016: it had in 2019 to ",
        ),
        (
            [MODEL],
            {"year": 2022, "rounds": "20"},
            "A year and rounds can't be asked for together: leave one ",
        ),
        (
            [MODEL],
            {"currency": "EUR"},
            "Sample, 2022 gives no price of an NMR in EUR: pick another currency.",
        ),
        ([MODEL], {"currency": "NMR"}, "That is none of the currencies a price is known in: USD, EUR, GBP, "),
        (["everyone"], {"year": 2022}, "Pay in a currency is told of models and accounts, not of everyone"),
        (
            [NEVER_STAKED],
            {"year": 2022},
            f"{NEVER_STAKED} had no stake in a round that has resolved in Sample",
        ),
        ([MODEL], {"currency": "USD", "rounds": "322-325"}, f"{MODEL} had no stake in rounds of that range "),
        ([MODEL], {"currency": "USD", "rounds": "x"}, "I can't read “x” as a range of rounds."),
        (["quiet_heron"], {"year": 2022}, "There is no model or account called “quiet_heron” in this data."),
    ],
)
async def test_what_cannot_be_told_is_a_sentence(
    source: SampleSource, names: list[str], asked: dict[str, object], told: str
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - whole sentences are compared
        await priced_pay(source, names, now=NOW, **asked)
    assert str(caught.value).startswith(told)


@pytest.mark.parametrize("typed", [" eur", "EUR", "Eur "])
def test_a_currency_is_read_whatever_its_case(typed: str) -> None:
    assert find_currency(typed) == "EUR"
    assert len(set(CURRENCIES)) == len(CURRENCIES) > 3


# ---------------------------------------------------------------- invented rounds


@dataclass(frozen=True)
class Priced(Invented):
    """Rows that were made up, with prices that were seen."""

    prices: Mapping[str, float] | None = None
    undated: int = 0

    async def price_of_day(self, currency: str) -> Mapping[str, float]:
        return self.prices or {}

    async def rounds(self) -> Rounds:
        rounds = await super().rounds()
        resolves = np.array(
            [
                "2030-12-31T23:59:59",
                "2031-01-01T00:00:00",
                *["2031-12-31T23:59:59"] * 3,
                "2032-01-01T00:00:00",
            ],
            dtype="datetime64[s]",
        )
        if self.undated:
            resolves[: self.undated] = np.datetime64("NaT")
        return replace(rounds, resolves=resolves)


def priced(source: Source, prices: Mapping[str, float], undated: int = 0) -> Source:
    assert isinstance(source, Invented)
    return Priced(source.rows, prices=prices, undated=undated)


LATER = datetime(2032, 5, 4, tzinfo=UTC)
ROWS = [(0, 900 + at, 0.01, 10.0, 2.0**at, True) for at in range(6)]
SEEN = {"2031-01-01": 5.0, "2031-12-31": 7.0, "2032-01-01": 11.0}


async def of(prices: Mapping[str, float], undated: int = 0, **asked: object) -> PricedPay:
    return await priced_pay(priced(invented(*ROWS), prices, undated), ["quiet_heron"], now=LATER, **asked)


async def test_a_year_begins_and_ends_at_midnight_in_utc() -> None:
    found = await of(SEEN, year=2031)
    assert found.rounds.tolist() == [901, 902, 903, 904]
    assert (found.total, found.total_value) == (30.0, 2 * 5 + 28 * 7)
    assert found.years == (2030, 2031, 2032)
    assert found.finding == "quiet_heron earned 30.00 NMR in 2031: 206.0 USD at the prices of the days"
    assert found.unpriced == ""


async def test_prices_a_live_source_did_not_see_are_said_so() -> None:
    found = await of({"2031-12-31": 7.0}, year=2031, currency="GBP")
    assert found.unpriced == (
        "The price of 1 of 2 days is not known here: prices are kept from the day the bot first saw them. "
        "The total in GBP is of the others only: 28.00 NMR of 30.00 NMR."
    )
    assert found.finding.endswith("; 196.0 GBP for the 1 of 2 days whose price is known")
    [header, first, *_, total] = priced_as_csv(found).splitlines()
    assert header == "model,round,resolved_on,nmr_at_risk,nmr_paid,currency,price,value"
    assert first == "heron_one,901,2031-01-01,10.0,2.0,GBP,,"
    assert total == "total,,,,30.0,GBP,,196.0"


async def test_rounds_of_an_unknown_day_are_in_no_year_and_counted() -> None:
    found = await of(SEEN, undated=2, year=2031)
    assert found.rounds.tolist() == [902, 903, 904]
    assert "2 rounds resolved on a day that is not known: in no year." in priced_card(found).text
    with pytest.raises(ValueError, match="of which it is known when it resolved"):
        await of(SEEN, undated=6, year=2031)


async def test_payouts_nobody_knows_are_left_out_and_burns_are_called_so() -> None:
    rows = [(0, 901, 0.01, 10.0, -4.0, True), (1, 901, 0.01, 10.0, NAN, True), (0, 902, 0.1, 9.0, 9.0, False)]
    found = await priced_pay(priced(invented(*rows), SEEN), ["quiet_heron"], now=LATER, year=2031)
    assert found.finding == "quiet_heron burned 4.00 NMR in 2031: −20.00 USD at the prices of the days"
    assert "1 payout is not known and left out." in priced_card(found).text
    assert priced_as_csv(found).splitlines()[2] == "heron_two,901,2031-01-01,10.0,,USD,5.0,"
    assert "Asked twice." in priced_card(found).text


async def test_nothing_that_is_final_is_no_pay() -> None:
    rows = [(0, 901, 0.01, 10.0, -4.0, False)]
    with pytest.raises(NoPayError, match="had no stake in a round that has resolved in Invented"):
        await priced_pay(priced(invented(*rows), SEEN), ["quiet_heron"], now=LATER, year=2031)


async def test_a_question_of_an_older_bot_is_answered_in_nmr(source: SampleSource) -> None:
    asked = {"name": MODEL, "rounds": "311-321", "tournament": "classic"}
    assert earnings_csv(await earnings_asked(source, asked, NOW))[0] == "pay.csv"
    in_usd = await earnings_asked(source, asked | {"currency": "USD", "year": None}, NOW)
    assert earnings_csv(in_usd)[0] == "pay-311-321-USD.csv"


# ---------------------------------------------------------------- a live source


@pytest.mark.slow
async def test_a_live_source_gives_the_prices_it_saw_in_the_currency(database: Database) -> None:
    present = Present()
    async with LoopbackNumerai(first_round=1290) as api:
        live = NumeraiSource(
            database, address=api.address, now=present, patience=CALM, throttle=Throttle(100_000)
        )
        api.fail("500", only="latestCurrencyPrice")
        with pytest.raises(SourceError):
            await priced_pay(live, ["tidewater_2"], now=present(), year=2026, currency="EUR")
        api.heal()
        api.says["latestCurrencyPrice"] = "null"
        with pytest.raises(ValueError, match="Numerai Classic gives no price of an NMR in JPY: pick another"):
            await priced_pay(live, ["tidewater_2"], now=present(), year=2026, currency="JPY")
        api.says["latestCurrencyPrice"] = '{"lastUpdated": "2026-11-29T11:30:00Z", "price": "6.5"}'
        first = await priced_pay(live, ["tidewater_2"], now=present(), year=2026, currency="EUR")
        days, unknown = first.day_count
        assert unknown == days > 5
        assert "prices are kept from the day the bot first saw them" in first.unpriced
        newest = first.days.max().item()
        await keep_price(database, "EUR", newest, 6.5)
        await keep_price(database, "USD", newest - timedelta(days=1), 7.5)
        again = await priced_pay(live, ["tidewater_2"], now=present(), year=2026, currency="EUR")
        assert again.day_count == (days, days - 1)
        on_it = again.days == np.datetime64(newest)
        assert again.total_value == pytest.approx(6.5 * np.nansum(again.paid[on_it]))
        assert isinstance(newest, date)
        await live.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES, ids=len)
async def test_the_picture_is_whole_whatever_the_name(source: SampleSource, name: str) -> None:
    found = await priced_pay(source, [MODEL], now=NOW, year=2022)
    picture = picture_of_priced(replace(found, names=(name,)))
    check_whole(picture)
    assert "USD for the" in picture.alt or len(picture.alt) == 1024
    check_whole(picture_of_priced(await of({"2031-12-31": 7.0}, year=2031)))
