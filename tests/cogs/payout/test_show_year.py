"""`/payout show year: currency:`: typed, changed by menus, taken along as CSV, shared and mistyped."""

import io
from typing import Any

import pandas as pd
import pytest

from tests.cogs.answers import lines, pick
from tests.features.earnings.test_priced_pay import by_hand
from tests.offline import Server, all_told, posted, said, text_of, titles

MODEL, OTHER = "model_07585", "model_02765"


async def show(server: Server, **options: Any) -> Any:
    return said(await server.ben.slash(server.channel, "payout show", **options))


async def test_a_year_is_told_in_usd_and_taken_along(server: Server) -> None:
    reply = await show(server, who=MODEL, year=2022)
    rows = by_hand(MODEL, 2022)
    assert titles(reply)[0].startswith(f"{MODEL} earned {rows['payout_nmr'].sum():,.1f} NMR in 2022; ")
    days, unknown = rows["day"].nunique(), rows.loc[rows["price"].isna(), "day"].nunique()
    assert f"USD for the {days - unknown} of {days} days whose price is known" in titles(reply)[0]
    assert f"The price of {unknown} of {days} days is not known here" in text_of(reply)
    told = said(await server.ben.click(reply.message, label="CSV"))
    [file] = told.attachments
    assert file.filename == "pay-2022-USD.csv"
    read = pd.read_csv(io.BytesIO(await file.read()))
    assert len(read) == len(rows) + 1
    assert read["price"].isna().sum() == rows["price"].isna().sum() + 1
    assert read["value"].iloc[-1] == pytest.approx(rows["value"].sum())
    assert "2022 by month" in await all_told(server.ben, reply)


async def test_menus_change_the_year_and_lead_back(server: Server) -> None:
    reply = await show(server, who=f"{MODEL}, {OTHER}", currency="USD")
    assert "NMR in rounds 302-321" in titles(reply)[0]
    await pick(server, reply, "year", "Rounds that resolved in 2021")
    assert "NMR in 2021; in USD it is not known here" in titles(reply.message)[0]
    refused = await pick(server, reply.message, "currency", "In EUR")
    assert "gives no price of an NMR in EUR" in refused.followups[0].content
    assert "In EUR" in lines(reply.message, "currency")
    await pick(server, reply.message, "year", "In NMR, with what is pending")
    assert "earned most: " in titles(reply.message)[0]
    await pick(server, reply.message, "rounds", "In USD at the price of each day, and by year")
    assert " USD for the 12 of 20 days whose price is known" in titles(reply.message)[0]
    everyone = await show(server, who="everyone")
    assert not [line for line in lines(everyone, "rounds") if "USD" in line]


async def test_a_linked_member_need_not_say_who_and_a_shared_year_names_nobody_else(server: Server) -> None:
    said(await server.ben.slash(server.channel, "account link", name=OTHER))
    mine = await show(server, year=2022)
    assert titles(mine)[0].startswith(OTHER)
    reply = await show(server, who=f"{MODEL}, {OTHER}", year=2022)
    await server.ben.click(reply.message, label="Share")
    [shared] = posted(server.channel)
    cleo = server.guild.add_member(server.env.create_user("cleo"))
    told = await all_told(cleo, shared) + shared.attachments[0].description
    assert MODEL not in told
    assert f"model 1, {OTHER} earned" in told


CANNOT = [
    ({"year": 2016}, "had no stake in a round that resolved in 2016: it had in 2019 to 2022."),
    ({"year": 2100}, "2100 has not begun: pick a year up to "),
    ({"year": 2022, "rounds": "20"}, "A year and rounds can't be asked for together"),
    ({"currency": "EUR"}, "Sample, 2022 gives no price of an NMR in EUR: pick another currency."),
    ({"year": 2022, "who": "everyone"}, "Pay in a currency is told of models and accounts, not of everyone"),
    ({"year": 2022, "who": "model_0758"}, "There is no model or account called “model_0758”"),
]


async def test_what_cannot_be_told_is_one_sentence(server: Server, subtests: pytest.Subtests) -> None:
    for options, sentence in CANNOT:
        with subtests.test(sentence):
            assert sentence in (await show(server, **({"who": MODEL} | options))).content
