"""`/stakes` as members use it: typed in a channel or a direct message, with charts and their alt texts."""

import json
from typing import Any

import pytest

from features.stakes.history import take_snapshot
from storage.database import fetch_all
from tests.cogs.answers import check_answer
from tests.cogs.stakes.asking import COMMANDS, ask, plain
from tests.offline import Server, all_told, custom_id, parts_of, said, text_of, titles

MODEL, LARGEST = "model_07585", "account_03061"


# ---------------------------------------------------------------- what they say


async def test_concentration_by_account_says_what_one_guess_is_worth(server: Server) -> None:
    reply = await ask(server, "concentration")
    assert titles(reply) == ["40 accounts hold half of the stake (51 if one guess is wrong)"]
    assert "Of 4,227 guessed accounts with 918,758 NMR · the 10 largest hold 34 %" in text_of(reply)
    assert "Sample, 2022, on 2022-12-22" in text_of(reply)
    await check_answer(reply)
    [lorenz] = reply.attachments
    assert "effective number 30" in lorenz.description
    text = plain(await all_told(server.ben, reply))
    for number in (
        "918,758 NMR on 2022-12-22. 4,545 without a stake are left out.",
        "40 hold half (95 %: 23 to 280)",
        "10 hold a third",
        "30 effective number (95 %: 16 to 272)",
        "0.934 Gini (95 %: 0.78 to 0.95)",
        "3.02 Theil; by model 2.58, of which 96 % lies between accounts, 4 % within",
        "the largest 16 %, the 10 largest 34 %, the 50 largest 54 %.",
        "Taken apart, 51 hold half and the effective number is 103.",
        "Without the 5 largest: 86 hold half, effective number 216",
        "By account: cannot tell a power law from a lognormal",
        "Tail of 110 from 1,621 NMR on",
    ):
        assert number in text


async def test_concentration_by_model(server: Server) -> None:
    reply = await ask(server, "concentration", unit="model")
    assert titles(reply) == ["72 models hold half of the stake"]
    await check_answer(reply)
    text = plain(await all_told(server.ben, reply))
    assert "0.926 Gini" in text
    assert "192 effective number" in text
    assert "guess" not in text, "models are no guesses"
    assert "not a power law" in text


async def test_concentration_by_cluster(server: Server) -> None:
    reply = await ask(server, "concentration", unit="cluster")
    assert titles(reply) == ["36 clusters hold half of the stake"]
    await check_answer(reply)
    assert "309 are clear at 1 % with all pairs counted" in plain(await all_told(server.ben, reply))


@pytest.mark.slow
async def test_those_without_a_stake_can_count_too(server: Server) -> None:
    text = plain(await all_told(server.ben, await ask(server, "concentration", unit="model", zeros=True)))
    assert "72 models hold half of the stake" in text
    assert "Of 15,025 models" in text
    assert "192 effective number" in text  # zeros change it not, and the Gini they do
    assert "0.969 Gini" in text
    assert "8,761 without a stake count too." in text


async def test_influence_shows_no_effect_and_explains_the_fan(server: Server) -> None:
    reply = await ask(server, "influence", zoom=500.0)
    assert titles(reply) == ["Larger stakes score no better in TC, and no worse"]
    assert "480 guessed accounts, today's stake and mean TC · they have 16 % of all stake" in text_of(reply)
    assert "the largest stake, 26,026 NMR, lies beyond the picture" in text_of(reply)
    await check_answer(reply)
    assert "2 lie above 8,000 NMR" in reply.attachments[0].description
    text = plain(await all_told(server.ben, reply))
    for number in (
        "Spearman +0.01 (p = .85), Kendall +0.00 (p = .91), by shuffling, n 480.",
        "−0.04 (−0.07 to −0.01): 0 if a score's size does not depend on stake",
        "+0.10 (p = .04), is no finding",
        "Best split at 42.39 NMR (3.35 to 116.2;",
        "spread 0.1192 below, 13.63 above",
        "2 accounts against 478 below. Mean TC −0.0018 against +0.0028",
        "too few for a test or a density (fewer than 20)",
    ):
        assert number in text


@pytest.mark.slow
async def test_influence_round_by_round_has_an_interval(server: Server) -> None:
    text = plain(await all_told(server.ben, await ask(server, "influence", by="round", rounds="all")))
    assert "More stake at risk in a round did not go with more or less TC" in text
    assert "Mean rank correlation of 122 rounds −0.016, 95 % interval −0.042 to +0.010." in text
    reply = await ask(server, "influence", score="corr", rounds="311-325", threshold=100.0)
    corr = plain(await all_told(server.ben, reply))
    assert "over rounds 311-321" in corr
    assert "You asked for rounds 311-325." in corr
    assert "Stake and CORR" in corr


async def test_a_threshold_above_the_largest_stake_is_nobody(server: Server) -> None:
    reply = await ask(server, "influence", threshold=1_000_000.0)
    await check_answer(reply)
    assert "Nobody: the largest has 26,026 NMR." in await all_told(server.ben, reply)


LEAVING: list[tuple[dict[str, Any], str, str]] = [
    ({}, "If the 20 largest accounts leave: payouts +70 %, price −2 to −11 %", "4,207"),
    ({"above": 5000.0}, "If the 22 accounts above 5,000 NMR leave: payouts +73 %", "4,205"),
    ({"who": MODEL}, f"If {MODEL} leaves: payouts up by less than 1 %, price 0 to −1 %", "6,263"),
    ({"top": 10, "unit": "model"}, "If the 10 largest models leave: payouts +17 %", "6,254"),
    ({"top": 1}, "If the largest account leaves: payouts +19 %", "4,226"),
    ({"top": 10**15}, "Without all 4,227 accounts, nothing of the stake remains", "0"),
    ({"above": 1e6}, "Nobody leaves: the 0 accounts above 1,000,000 NMR", "4,227"),
    ({"who": "model_00057"}, "Nobody leaves: model_00057", "6,264"),
]


@pytest.mark.slow
async def test_unstake_by_each_of_the_three_ways(server: Server, subtests: pytest.Subtests) -> None:
    for options, finding, remain in LEAVING:
        with subtests.test(finding):
            reply = await ask(server, "unstake", **options)
            assert plain(titles(reply)[0]).startswith(finding)
            assert "a scenario, no forecast" in text_of(reply)
            await check_answer(reply)
            assert finding in reply.attachments[0].description
            behind = await all_told(server.ben, reply)
            [row] = [line for line in behind.splitlines() if line.startswith("holders")]
            assert row.split()[-1] == remain


async def test_a_day_s_volume_can_be_typed(server: Server) -> None:
    text = await all_told(server.ben, await ask(server, "unstake", volume=1_000_000_000.0))
    assert "A day's volume of 1,000,000,000 NMR is an assumption" in text
    assert "more than was ever observed" not in text


async def test_history_shows_the_newest_day_and_stores_nothing(server: Server) -> None:
    async def rows() -> list[Any]:
        return list(await fetch_all(server.database, "SELECT * FROM stake_snapshots"))

    assert await rows() == []
    reply = await ask(server, "history")
    assert titles(reply) == ["40 guessed accounts hold half of the stake on 2022-12-22 (one day so far)"]
    await check_answer(reply)
    assert "`2022-12-22     40     30  0.934`" in await all_told(server.ben, reply)
    assert await rows() == []
    assert await take_snapshot(server.database, server.bot.tools.sources["classic"], server.bot.now())
    [row] = await rows()
    assert (row["tournament"], row["source"], row["day"]) == ("classic", "Sample, 2022", "2022-12-22")
    assert row["guessed"] == 1
    models, accounts = json.loads(row["models"]), json.loads(row["accounts"])
    assert (len(models), len(accounts)) == (6264, 4227), "those without a stake are not kept"
    assert accounts[0][0] == LARGEST
    assert sum(stake for _, stake in models) == pytest.approx(918_757.9026523114)
    again = await ask(server, "history", unit="model")
    assert "72 models hold half of the stake on 2022-12-22 (one day so far)" in text_of(again)
    [same] = await rows()
    assert dict(same) == dict(row)


async def test_who_has_a_share_a_rank_and_a_crowd_like_it(server: Server) -> None:
    reply = await ask(server, "who", name=LARGEST.upper())
    text = plain(text_of(reply))
    assert f"{LARGEST} holds 16.0 % of all stake, rank 1 of 4,227" in text
    assert "147,137 NMR in 12 models" in text
    assert "It would take 4 accounts like it to hold half. The 40 largest do." in text
    assert "Accounts are guesses" in text
    await check_answer(reply)
    tied = plain(text_of(await ask(server, "who", name="model_05722")))
    assert "1,001 NMR, as 1 other" in tied
    without = await ask(server, "who", name="model_00057")
    assert plain(titles(without)[0]) == "model_00057 has no stake, so it moves nothing"
    await check_answer(without, charts=0)


async def test_who_is_the_linked_model_unless_told(server: Server) -> None:
    unlinked = await ask(server, "who")
    assert "You have not linked a model yet. Type /account link" in unlinked.content
    said(await server.ben.slash(server.channel, "account link", name=MODEL))
    assert f"{MODEL} holds 0.49 % of all stake, rank 33 of 6,264" in plain(text_of(await ask(server, "who")))
    assert LARGEST in plain(text_of(await ask(server, "who", name=LARGEST)))


async def test_who_left_the_leaderboard_gets_a_sentence(server: Server) -> None:
    said(await server.ben.slash(server.channel, "account link", name="model_00035"))
    reply = await ask(server, "who")
    assert "There is no model or account called “model_00035” on the leaderboard." in plain(reply.content)


# ---------------------------------------------------------------- where they are asked


@pytest.mark.slow
async def test_every_command_answers_privately_in_a_direct_message_without_share(server: Server) -> None:
    dora = server.env.create_user("dora")
    for question, options in COMMANDS:
        reply = said(await dora.slash(f"stakes {question}", **options))
        await check_answer(reply)
        assert not any(":share" in part.get("custom_id", "") for part in parts_of(reply))


@pytest.mark.slow
async def test_every_command_has_a_button_in_a_server(server: Server) -> None:
    for number, (question, options) in enumerate(COMMANDS, 1):
        reply = await ask(server, question, **options)
        await check_answer(reply)
        assert custom_id(reply, "share") == f"stakes:share:{number}"
