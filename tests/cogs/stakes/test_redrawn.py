"""Answers of `/stakes` changed by a tap: every menu, every form, details, and what no longer works."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from bot import create_bot
from features.stakes.history import take_snapshot
from storage.database import execute, transaction
from storage.market.snapshots import StakeSnapshot, keep_snapshot
from storage.members.privacy import delete
from storage.members.questions import recall
from tests.cogs.answers import check_answer, chosen, lines, pick, typed
from tests.cogs.stakes.asking import ask, plain
from tests.offline import Server, all_told, custom_id, posted, text_of, titles
from tests.tournament.whole import all_rows
from tournament.sample import SampleSource
from wording.numbers import counted

MODEL, LARGEST = "model_07585", "account_03061"


async def keep_day(server: Server, day: date, *stakes: float) -> None:
    """Keep made-up stakes of an earlier day."""
    source = server.bot.tools.sources["classic"]
    held = tuple((f"quiet_{at}", stake) for at, stake in enumerate(stakes))
    snapshot = StakeSnapshot(source.tournament, source.label, day, held, held, True, server.bot.now())
    assert await keep_snapshot(server.database, snapshot)


# ---------------------------------------------------------------- each menu


async def test_concentration_by_model_on_an_earlier_day_and_in_a_round(server: Server) -> None:
    await keep_day(server, date(2022, 6, 1), 60.0, 30.0, 30.0)
    reply = await ask(server, "concentration")
    await pick(server, reply, "unit", "By model, those without a stake too")
    assert "Of 15,025 models" in text_of(reply.message)
    await pick(server, reply, "day", "Stakes of 2022-06-01")
    assert titles(reply.message) == ["2 models hold half of the stake"]  # 60 of 120 is not more than half
    assert "Of 3 models with 120.0 NMR" in text_of(reply.message)
    assert "on 2022-06-01" in text_of(reply.message)
    await pick(server, reply, "unit", "By account")
    assert "Of 3 guessed accounts" in text_of(reply.message)
    await typed(server, reply, "day", "day", "round 318")
    assert "at risk in round 318" in titles(reply.message)[0]
    assert chosen(reply.message, "day") == "At risk in round 318"
    await check_answer(reply.message)
    await pick(server, reply, "day", "Newest stakes, 2022-12-22")
    assert titles(reply.message) == ["40 accounts hold half of the stake (51 if one guess is wrong)"]


async def test_a_round_counts_what_was_at_risk_in_it(server: Server, source: SampleSource) -> None:
    reply = await ask(server, "concentration", unit="model", day="round 318")
    history = await all_rows(source)
    rows = (history.round == 318) & (history.stake > 0)
    at_risk = np.sort(history.stake[rows])[::-1]
    half = int(np.flatnonzero(at_risk.cumsum() > at_risk.sum() / 2)[0]) + 1
    calendar = await source.rounds()
    share = at_risk.sum() / calendar.total_at_risk[calendar.number == 318][0]
    assert 0 < share < 0.01
    assert titles(reply)[0].startswith(f"{counted(half, 'model')} hold")
    assert titles(reply)[0].endswith(" half of what this data has at risk in round 318")
    assert f"Of {at_risk.size:,} models with {at_risk.sum():,.0f} NMR" in text_of(reply)
    assert f"Only the {at_risk.size} models in this data, under 1 % of all at risk" in text_of(reply)


@pytest.mark.slow
async def test_influence_by_another_score_another_zoom_and_another_stake(server: Server) -> None:
    reply = await ask(server, "influence")
    before = await reply.attachments[0].read()
    await pick(server, reply, "score", "Score: CORR")
    assert "CORR" in titles(reply.message)[0]
    await pick(server, reply, "zoom", "Stakes up to 1,000 NMR")
    assert "the largest stake, 26,026 NMR, lies beyond the picture" in text_of(reply.message)
    await pick(server, reply, "stake", "Stake at risk in each round, all rounds")
    assert titles(reply.message)[0].startswith("More stake at risk in a round")
    assert "by chance" not in text_of(reply.message)
    await typed(server, reply, "stake", "rounds", "311-321")
    assert chosen(reply.message, "stake") == "Stake at risk in each round, rounds 311-321"
    await typed(server, reply, "zoom", "zoom", "500")
    assert chosen(reply.message, "zoom") == "Stakes up to 500.0 NMR"
    await typed(server, reply, "zoom", "threshold", "100")
    assert "Compare across another line than 100.0 NMR …" in lines(reply.message, "zoom")
    await check_answer(reply.message)
    assert await reply.message.attachments[0].read() != before
    assert "Above 100.0 NMR" in await all_told(server.ben, reply.message)


LEAVE = [
    ("The 5 largest accounts leave", "If the 5 largest accounts leave: payouts"),
    ("The 50 largest accounts leave", "If the 50 largest accounts leave: payouts"),
    ("Everyone above 8,000 NMR leaves", "accounts above 8,000 NMR leave: payouts"),
    ("The 20 largest accounts leave", "If the 20 largest accounts leave: payouts +70 %"),
]


async def test_each_line_of_who_leaves_says_what_it_does(server: Server) -> None:
    reply = await ask(server, "unstake")
    assert chosen(reply, "leaving") == "The 20 largest accounts leave"
    for label, finding in LEAVE:
        await pick(server, reply, "leaving", label)
        assert finding in titles(reply.message)[0]
        assert chosen(reply.message, "leaving") == label
    await pick(server, reply, "unit", "By model")
    assert "If the 20 largest models leave" in titles(reply.message)[0]


async def test_a_name_a_number_a_stake_and_a_volume_can_be_typed(server: Server) -> None:
    reply = await ask(server, "unstake")
    await typed(server, reply, "leaving", "who", LARGEST)
    assert plain(titles(reply.message)[0]).startswith(f"If {LARGEST} leaves: payouts +19 %")
    assert not [line for line in text_of(reply.message).split("\n") if "By account" in line]
    await typed(server, reply, "leaving", "top", "3")
    assert chosen(reply.message, "leaving") == "The 3 largest accounts"
    await typed(server, reply, "leaving", "above", "5,000")
    assert "above 5,000 NMR leave" in titles(reply.message)[0]
    form = await server.ben.click(reply.message, label="Daily volume")
    await server.ben.submit_modal(form, {"text": "1,000,000,000"})
    behind = await all_told(server.ben, reply.message)
    assert "A day's volume of 1,000,000,000 NMR is an assumption" in behind
    question = await recall(server.database, 1, server.ben.id)
    assert question is not None
    assert question.arguments == {
        "top": None, "above": 5000.0, "who": None, "unit": "account", "volume": 1e9, "tournament": "classic",
    }  # fmt: skip


async def test_who_and_history_change_too(server: Server) -> None:
    reply = await ask(server, "who", name=MODEL)
    form = await server.ben.click(reply.message, label="Somebody else")
    await server.ben.submit_modal(form, {"text": LARGEST})
    assert plain(titles(reply.message)[0]).startswith(f"{LARGEST} holds 16.0 %")
    reply = await ask(server, "history")
    await pick(server, reply, "unit", "By model")
    assert titles(reply.message) == ["72 models hold half of the stake on 2022-12-22 (one day so far)"]


async def test_every_kept_day_is_in_the_table_behind_history(server: Server) -> None:
    for month in range(1, 13):
        await keep_day(server, date(2021, month, 1), *np.arange(1.0, month + 2))
    assert await take_snapshot(server.database, server.bot.tools.sources["classic"], server.bot.now())
    behind = await all_told(server.ben, await ask(server, "history"))
    assert "13 days, the newest first" in behind
    assert "`2021-01-01      1      2  0.167`" in behind  # 1 and 2: two thirds with one, 9 / 5, 1 / 6
    places = [behind.index(f"`{day} ") for day in ("2022-12-22", "2021-12-01", "2021-01-01")]
    assert places == sorted(places)


# ---------------------------------------------------------------- odd input


ODD = ("x" * 300, "🦉🦉", "\N{RIGHT-TO-LEFT OVERRIDE}שלום 8000", " ", "-5", "nan", "1e999")


@pytest.mark.parametrize(
    ("question", "menu", "field"),
    [
        ("concentration", "day", "day"),
        ("influence", "stake", "rounds"),
        ("influence", "zoom", "zoom"),
        ("influence", "zoom", "threshold"),
        ("unstake", "leaving", "top"),
        ("unstake", "leaving", "who"),
        ("unstake", "leaving", "above"),
    ],
)
async def test_odd_text_gets_a_sentence_loses_nothing_and_changes_nothing(
    server: Server, question: str, menu: str, field: str
) -> None:
    reply = await ask(server, question)
    title = titles(reply)
    for text in ODD:
        refused = await typed(server, reply, menu, field, text)
        [told] = refused.followups or [refused.response]
        assert len(told.content) > 20
        assert "Something went wrong" not in told.content
        assert titles(reply.message) == title
        again = await server.ben.click(told.message, label="Back to the form")
        assert text in json.dumps(again.modal["components"], ensure_ascii=False)
    stored = await recall(server.database, 1, server.ben.id)
    assert stored is not None
    assert stored.arguments.get(field) in (None, 8000.0)


# ---------------------------------------------------------------- pressed late, twice, by others


async def test_the_same_line_picked_twice_is_the_same_answer(server: Server) -> None:
    reply = await ask(server, "concentration")
    for _ in range(2):
        await pick(server, reply, "unit", "By model")
        assert titles(reply.message) == ["72 models hold half of the stake"]


async def test_menus_forms_and_details_work_after_a_restart(
    server: Server, settings: Any, source: SampleSource
) -> None:
    reply = await ask(server, "unstake")
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=source))
    await pick(server, reply, "leaving", "The 5 largest accounts leave")
    await typed(server, reply, "leaving", "top", "7")
    assert "If the 7 largest accounts leave" in titles(reply.message)[0]
    assert "The price, in scenarios" in await all_told(server.ben, reply.message)


async def test_an_answer_that_is_forgotten_or_another_s_says_so(server: Server) -> None:
    for forget in (True, False):
        reply = await ask(server, "influence")
        if forget:
            await delete(server.database, server.ben.id)
        else:
            async with transaction(server.database):
                await execute(server.database, "UPDATE asked_questions SET member_id = 1")
        for pressed in (
            await pick(server, reply, "score", "Score: CORR"),
            await server.ben.click(reply.message, label="Details"),
            await server.ben.click(reply.message, label="Share"),
            await server.ben.select(reply.message, ["type zoom"], custom_id=custom_id(reply, "menu-zoom")),
        ):
            told = pressed.followups[0] if pressed.followups else pressed.response
            assert "too old to be changed" in told.content
    assert posted(server.channel) == []


async def test_who_is_gone_and_a_day_that_is_gone_are_sentences(server: Server, source: SampleSource) -> None:
    await keep_day(server, date(2022, 6, 1), 3.0, 2.0)
    reply = await ask(server, "concentration")
    async with transaction(server.database):
        await execute(server.database, "DELETE FROM stake_snapshots")
    refused = await pick(server, reply, "day", "Stakes of 2022-06-01")
    assert (
        "No stakes of 2022-06-01 are kept here. There are those of 2022-12-22."
        in refused.followups[0].content
    )
    leaving = await ask(server, "unstake", who=MODEL)
    stakes = await source.stakes()
    gone = replace(stakes, models=tuple(name.replace(MODEL, "other") for name in stakes.models))

    class Left(SampleSource):
        async def stakes(self) -> Any:
            return gone

    await server.bot.close()
    await server.env.restart_bot(create_bot(server.bot.settings, source=Left()))
    form = await server.ben.click(leaving.message, label="Daily volume")
    refused = await server.ben.submit_modal(form, {"text": "5000"})
    assert f"There is no model or account called “{MODEL}”" in plain(refused.followups[0].content)
