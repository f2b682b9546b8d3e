"""What is not verified: no code in the bio, one too old, another's account or button, an API that fails."""

import logging
from datetime import timedelta

import discord
import pytest

from cogs.account import VerifiedButton
from storage.members.verifications import code_of, verification_of
from tests.cogs.account.verify.asking import ask, press, verify
from tests.numerai_data import NOW, Present
from tests.numerai_server import LoopbackNumerai
from tests.offline import Server, said, text_of

pytestmark = pytest.mark.slow  # a bot for each test


@pytest.mark.parametrize("bio", [None, "", "I like tides.", "<b>no</b>" * 20_000])
async def test_without_the_code_in_the_bio_nothing_happens(
    server: Server, api: LoopbackNumerai, bio: str | None
) -> None:
    reply = await ask(server)
    api.set_bio("tidewater_2", bio)
    assert "does not hold your newest code" in (await press(reply, server.ben)).content
    assert await verification_of(server.database, server.ben.id) is None
    api.set_bio("tidewater_2", f"{bio} {reply.content}"[-90_000:])
    assert "### Verified: tidewater\n" in text_of(await press(reply, server.ben))


async def test_a_code_expires(server: Server, api: LoopbackNumerai, present: Present) -> None:
    reply = await ask(server)
    api.set_bio("tidewater_2", reply.content)
    present.moment += timedelta(minutes=15)
    assert "a code lasts 15 minutes" in (await press(reply, server.ben)).content
    assert await verification_of(server.database, server.ben.id) is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"model": "nobody"}, "has no model of that name"),
        ({"model": "harbor_light"}, "has no model of that name"),
        ({"model": "tidewater_2", "account": "solo_wren"}, "belongs to another account"),
        ({"model": "x" * 200}, "at most 100"),
        ({"model": "tidewater_2", "tournament": "signals"}, "There are no numbers of Signals here"),
    ],
)
async def test_what_cannot_be_verified_gets_a_sentence_and_no_code(
    server: Server, options: dict[str, str], words: str
) -> None:
    assert words in (await ask(server, **options)).content
    assert await code_of(server.database, server.ben.id, NOW) is None


async def test_another_member_cannot_verify_the_same_account(server: Server, api: LoopbackNumerai) -> None:
    await verify(server, api)
    refused = await verify(server, api, server.moderator, "tidewater_3")
    assert refused.components == []
    assert "id **" not in refused.content, "an expected refusal is no unexpected error"
    assert await verification_of(server.database, server.moderator.id) is None
    assert await verification_of(server.database, server.ben.id) is not None


async def test_nobody_presses_the_button_of_somebody_else(server: Server, api: LoopbackNumerai) -> None:
    api.set_bio("tidewater_2", (await ask(server)).content)
    # a private answer is nobody else's to press: the same button in a message that all can see
    view = discord.ui.View(timeout=None)
    view.add_item(VerifiedButton(server.ben.id))
    channel = server.bot.get_channel(server.channel.id)
    assert isinstance(channel, discord.TextChannel)
    message = await channel.send("a button", view=view)
    clicked = await server.moderator.click(message, label="I put it there")
    assert "This button is another member's" in said(clicked).content
    for member in (server.ben, server.moderator):
        assert await verification_of(server.database, member.id) is None


# a silent API is tried without the offline Discord, whose clock is not the one that waits
@pytest.mark.parametrize("fault", ["429", "500", "cut", "malformed", "missing", "errors", "html"])
async def test_a_fault_is_a_sentence_and_the_code_stays(
    server: Server, api: LoopbackNumerai, fault: str
) -> None:
    api.fail(fault)
    assert "Numerai" in (await ask(server)).content
    assert await code_of(server.database, server.ben.id, NOW) is None
    api.heal()
    reply = await ask(server)
    api.set_bio("tidewater_2", reply.content)
    for only in ("v3UserProfile", "accountProfile"):
        api.fail(fault, only=only)
        failed = await press(reply, server.ben)
        assert "Numerai" in failed.content
        assert "id **" not in failed.content, "an expected fault is no unexpected error"
        api.heal()
    code = await code_of(server.database, server.ben.id, NOW)
    assert code is not None
    assert code.code == reply.content
    assert "### Verified: tidewater\n" in text_of(await press(reply, server.ben))


async def test_no_log_holds_a_code_or_whose_account_it_is(
    server: Server, api: LoopbackNumerai, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for ours in ("roundtable", "tournament"):
        caplog.set_level(logging.DEBUG, logger=ours)
    reply = await ask(server)
    await press(reply, server.ben)
    for fault in ("errors", "malformed", "not found"):
        api.fail(fault)
        await press(reply, server.ben)
        api.heal()
    api.set_bio("tidewater_2", reply.content)
    await press(reply, server.ben)
    await press(reply, server.ben)
    formatter = logging.Formatter()
    lines = [f"{formatter.format(record)} {vars(record).get('fields')}" for record in caplog.records]
    assert sum("refused" in line for line in lines) == 5
    for line in lines:
        assert reply.content not in line
        assert "tidewater" not in line or str(server.ben.id) not in line, line
