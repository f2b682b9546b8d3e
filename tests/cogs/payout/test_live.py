"""`/payout` over a Numerai API on this machine: fresh, far away, failing, and with everything that is odd."""

from datetime import timedelta
from typing import Any

import pytest
import simcord

from tests.numerai_data import Present
from tests.numerai_server import LoopbackNumerai
from tests.offline import Server, all_told, parts_of, said, text_of, titles

pytestmark = pytest.mark.slow

RULE = {"proposed": "1xCORR + 3xMMC", "current": "0.75xCORR + 2.25xMMC"}


@pytest.fixture
def env(live_env: simcord.Env) -> simcord.Env:
    return live_env


async def compare(server: Server, **options: Any) -> Any:
    return said(await server.ben.slash(server.channel, "payout compare", **(RULE | options)))


async def test_a_whole_account_is_compared_with_the_age_of_the_data(server: Server) -> None:
    reply = await compare(server, who="tidewater", rounds="1290-1320")
    text = await all_told(server.ben, reply)
    assert "(10 models)**, " in text
    assert "rounds 1290-" in text
    assert "asked 2026-11-20 12:00 UTC" in text
    assert "is a guess" not in text
    assert len(reply.attachments) == 1


async def test_what_was_paid_is_known_of_live_rounds_too(server: Server) -> None:
    options = {"proposed": "1xCORR + 3xMMC", "who": "solo_wren", "rounds": "1290-1310"}
    reply = said(await server.ben.slash(server.channel, "payout compare", **options))
    text = await all_told(server.ben, reply)
    assert "As paid: 0.75xCORR + 2.25xMMC" in text


async def test_the_live_rule_can_be_the_current_one(server: Server) -> None:
    reply = await compare(server, proposed="3xCORR60 + 12xMMC60", current="live", who="tidewater")
    text = await all_told(server.ben, reply)
    assert "3xCORR60 + 15xMMC60" in text


async def test_the_timeline_says_that_the_newest_round_agrees(server: Server) -> None:
    text = text_of(said(await server.ben.slash(server.channel, "payout rules")))
    assert "announces 3xCORR60 + 15xMMC60, as the table says." in text


async def test_the_timeline_says_where_the_newest_round_departs(server: Server, api: LoopbackNumerai) -> None:
    api.announced = {"corr60": 4.0, "mmc60": 12.0}
    text = text_of(said(await server.ben.slash(server.channel, "payout rules")))
    assert "announces 4xCORR60 + 12xMMC60" in text
    assert "the dated rules have 3xCORR60 + 15xMMC60" in text


async def test_live_is_offered_where_it_is_known(server: Server) -> None:
    choices = await server.ben.autocomplete(
        server.channel, "payout compare", "current", "li", proposed="1xCORR"
    )
    assert choices[0]["value"] == "live"


async def test_a_score_that_is_no_longer_paid_is_named_with_what_can_be_priced(server: Server) -> None:
    reply = await compare(server, proposed="1C3T", current="0.75xCORR + 2.25xMMC", who="solo_wren")
    assert "TC" in reply.content
    assert "MMC" in reply.content


async def test_show_tells_what_is_pending(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "payout show", who="tidewater", rounds="40"))
    text = await all_told(server.ben, reply)
    assert "hollow bars are pending" in text_of(reply)
    assert "* pending" in text
    assert "USD" in text or "Numerai Classic" in text


@pytest.mark.parametrize("name", ["odd_rounds", "late_starter", "drifter"])
async def test_odd_histories_are_answered(server: Server, name: str) -> None:
    # a round without factor, one told twice, a stake that starts in the middle, a model that moved away
    reply = await compare(server, who=name, rounds="all")
    assert "would have paid" in text_of(reply), text_of(reply)


async def test_an_account_of_a_hundred_models_is_answered(server: Server, api: LoopbackNumerai) -> None:
    api.numbers = range(1298, 1313)
    reply = await compare(server, who="hundred_herons", rounds="1300-1310")
    assert "(100 models)" in await all_told(server.ben, reply)


async def test_nobody_is_a_sentence(server: Server) -> None:
    assert "There is no model or account" in (await compare(server, who="nobody_here")).content


# a silent API is tried without the offline Discord, whose clock is not the one that waits: tests/features
FAULTS = ("429", "cut", "malformed", "errors")  # the others one floor below: here they take the same ways


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_is_a_sentence_and_costs_nothing(
    server: Server, api: LoopbackNumerai, fault: str
) -> None:
    api.fail(fault)
    reply = await compare(server, who="tidewater")
    assert "Numerai" in reply.content
    assert "id **" not in reply.content, "an expected fault is no unexpected error"
    api.heal()
    for _ in range(20):
        reply = await compare(server, who="tidewater", rounds="1290-1320")
        if parts_of(reply):
            break
    assert "would have paid" in text_of(reply)


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_after_an_answer_shows_that_one_with_its_age(
    server: Server, api: LoopbackNumerai, present: Present, fault: str
) -> None:
    before = titles(await compare(server, who="tidewater", rounds="1290-1320"))
    present.moment += timedelta(hours=3, minutes=10)
    api.fail(fault)
    reply = await compare(server, who="tidewater", rounds="1290-1320")
    assert titles(reply) == before
    assert "this is its answer of 3 hours ago" in text_of(reply)
    assert "asked 2026-11-20 12:00 UTC" in text_of(reply)
