"""`/stakes` as members use it: typed in a channel or a direct message, with charts and their alt texts."""

import json
from typing import Any

import pytest

from features.stakes.history import take_snapshot
from storage.database import fetch_all
from tests.offline import Server, check_charts, check_limits, said, text_of

MODEL, LARGEST = "model_07585", "account_03061"
COMMANDS: list[tuple[str, dict[str, Any], int]] = [
    ("concentration", {}, 2),
    ("influence", {}, 1),
    ("unstake", {}, 1),
    ("history", {}, 1),
    ("who", {"name": MODEL}, 0),
]


async def ask(server: Server, question: str, **options: Any) -> Any:
    return said(await server.ben.slash(server.channel, f"stakes {question}", **options))


def plain(text: str) -> str:
    return text.replace("\\", "").replace("*", "")


# ---------------------------------------------------------------- what they say


async def test_concentration_by_account_says_what_one_guess_is_worth(server: Server) -> None:
    reply = await ask(server, "concentration")
    text = plain(text_of(reply))
    assert reply.embeds[0].title == "40 of 4,227 guessed accounts hold half of the stake."
    assert "918,758 NMR on 2022-12-22. 4,545 without a stake are left out." in text
    assert "30 effective number" in text
    assert "Taken apart, 51 hold half and the effective number is 103." in text
    assert "Cannot tell a power law from a lognormal." in text
    assert "Sample, 2022 · stakes of 2022-12-22" in text
    await check_charts(reply, 2)
    lorenz, tail = (chart.description for chart in reply.attachments)
    assert "effective number 30" in lorenz
    assert "Cannot tell" in tail


async def test_concentration_by_model(server: Server) -> None:
    reply = await ask(server, "concentration", unit="model")
    text = plain(text_of(reply))
    assert reply.embeds[0].title == "72 of 6,264 models hold half of the stake."
    assert "0.926 Gini" in text
    assert "192 effective number" in text
    assert "One guess matters" not in text, "models are no guesses"
    assert "Not a power law" in text
    await check_charts(reply, 2)


@pytest.mark.slow
async def test_those_without_a_stake_can_count_too(server: Server) -> None:
    text = plain(text_of(await ask(server, "concentration", unit="model", zeros=True)))
    assert "72 of 15,025 models hold half" in text
    assert "192 effective number" in text  # zeros change it not, and the Gini they do
    assert "0.969 Gini" in text
    assert "8,761 without a stake count too." in text


async def test_influence_shows_no_effect_and_explains_the_fan(server: Server) -> None:
    reply = await ask(server, "influence", zoom=500.0)
    text = plain(text_of(reply))
    assert reply.embeds[0].title.startswith("Stake and TC do not go together")
    assert "480 guessed accounts" in text
    assert "They have 16 % of all stake." in text
    assert "is no finding" in text
    assert "2 accounts against 478 below" in text
    assert "too few for a test or a density" in text
    await check_charts(reply, 1)
    assert "2 lie above 8,000 NMR" in reply.attachments[0].description


@pytest.mark.slow
async def test_influence_round_by_round_has_an_interval(server: Server) -> None:
    text = plain(text_of(await ask(server, "influence", by="round", rounds="all")))
    assert "More stake at risk in a round did not go with more or less TC." in text
    assert "Mean rank correlation of 122 rounds −0.016, 95 % interval −0.042 to +0.010." in text
    corr = plain(text_of(await ask(server, "influence", score="corr", rounds="311-325", threshold=100.0)))
    assert "over rounds 311-321" in corr
    assert "You asked for rounds 311-325." in corr
    assert "Stake and CORR" in corr


async def test_a_threshold_above_the_largest_stake_is_nobody(server: Server) -> None:
    reply = await ask(server, "influence", threshold=1_000_000.0)
    assert "Nobody: the largest has 26,026 NMR." in text_of(reply)
    await check_charts(reply, 1)


LEAVING: list[tuple[dict[str, Any], str, str]] = [
    ({}, "Without the 20 largest accounts, 41 % of the stake is gone and payouts grow by 70 %.", "4,207"),
    ({"above": 5000.0}, "Without the 22 accounts above 5,000 NMR, 42 % of the stake is gone", "4,205"),
    ({"who": MODEL}, f"Without {MODEL}, under 1 % of the stake is gone", "6,263"),
    ({"top": 10, "unit": "model"}, "Without the 10 largest models, 15 % of the stake is gone", "6,254"),
    ({"top": 1}, "Without the largest account, 16 % of the stake is gone", "4,226"),
    ({"top": 10**15}, "Without all 4,227 accounts, nothing of the stake remains.", "0"),
    ({"above": 1e6}, "Nobody leaves: the 0 accounts above 1,000,000 NMR", "4,227"),
    ({"who": "model_00057"}, "Nobody leaves: model_00057", "6,264"),
]


@pytest.mark.slow
async def test_unstake_by_each_of_the_three_ways(server: Server, subtests: pytest.Subtests) -> None:
    for options, finding, remain in LEAVING:
        with subtests.test(finding):
            reply = await ask(server, "unstake", **options)
            assert plain(reply.embeds[0].title).startswith(finding)
            [row] = [line for line in text_of(reply).splitlines() if line.startswith("holders")]
            assert row.split()[-1] == remain
            assert "a scenario, no forecast" in text_of(reply)
            await check_charts(reply, 1)
            assert finding in reply.attachments[0].description


async def test_a_day_s_volume_can_be_typed(server: Server) -> None:
    text = text_of(await ask(server, "unstake", volume=1_000_000_000.0))
    assert "A day's volume of 1,000,000,000 NMR is an assumption" in text
    assert "more than was ever observed" not in text


async def test_history_shows_the_newest_day_and_stores_nothing(server: Server) -> None:
    async def rows() -> list[Any]:
        return list(await fetch_all(server.database, "SELECT * FROM stake_snapshots"))

    assert await rows() == []
    reply = await ask(server, "history")
    assert "40 guessed accounts hold half of the stake on 2022-12-22 (one day so far)." in text_of(reply)
    await check_charts(reply, 1)
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
    assert "72 models hold half of the stake on 2022-12-22 (one day so far)." in text_of(again)
    [same] = await rows()
    assert dict(same) == dict(row)


async def test_who_has_a_share_a_rank_and_a_crowd_like_it(server: Server) -> None:
    reply = await ask(server, "who", name=LARGEST.upper())
    text = plain(text_of(reply))
    assert f"{LARGEST} holds 16.0 % of all stake, rank 1 of 4,227." in text
    assert "147,137 NMR in 12 models" in text
    assert "It would take 4 accounts like it to hold half. The 40 largest do." in text
    assert "Accounts are guesses" in text
    check_limits(reply)
    tied = plain(text_of(await ask(server, "who", name="model_05722")))
    assert "1,001 NMR, as 1 other" in tied
    without = plain(text_of(await ask(server, "who", name="model_00057")))
    assert "model_00057 has no stake, so it moves nothing." in without


async def test_who_is_the_linked_model_unless_told(server: Server) -> None:
    unlinked = await ask(server, "who")
    assert "You have not linked a model yet. Type /account link" in unlinked.content
    said(await server.ben.slash(server.channel, "account link", name=MODEL))
    assert f"{MODEL} holds 0.49 % of all stake, rank 33 of 6,264." in plain(text_of(await ask(server, "who")))
    assert LARGEST in plain(text_of(await ask(server, "who", name=LARGEST)))


async def test_who_left_the_leaderboard_gets_a_sentence(server: Server) -> None:
    said(await server.ben.slash(server.channel, "account link", name="model_00035"))
    reply = await ask(server, "who")
    assert "There is no model or account called “model_00035” on the leaderboard." in plain(reply.content)


# ---------------------------------------------------------------- where they are asked


@pytest.mark.slow
async def test_every_command_answers_privately_in_a_direct_message_without_a_button(server: Server) -> None:
    dora = server.env.create_user("dora")
    for question, options, charts in COMMANDS:
        reply = said(await dora.slash(f"stakes {question}", **options))
        await check_charts(reply, charts)
        assert reply.components == []
    assert await fetch_all(server.database, "SELECT 1 FROM asked_questions") == []


@pytest.mark.slow
async def test_every_command_has_a_button_in_a_server(server: Server) -> None:
    for number, (question, options, charts) in enumerate(COMMANDS, 1):
        reply = await ask(server, question, **options)
        await check_charts(reply, charts)
        [row] = reply.components
        assert [button["custom_id"] for button in row["components"]] == [f"stakes:share:{number}"]
