"""Who is linked to an account at Numerai is verified without a code; whoever is not gets one, as before."""

from typing import Any

import pytest

from features.account.account_card import NO_KEYS
from storage.members.verifications import AccountVerification, code_of, verification_of
from tests.cogs.account.verify.asking import ask, press
from tests.numerai_data import NOW
from tests.numerai_server import LoopbackNumerai
from tests.offline import Server, text_of

pytestmark = pytest.mark.slow  # a bot for each test


@pytest.mark.parametrize("form", [str, int])
async def test_who_is_linked_is_verified_at_once(server: Server, api: LoopbackNumerai, form: Any) -> None:
    api.link("tidewater", form(server.ben.id))
    done = await ask(server)
    text = text_of(done.card)
    assert "### Verified: tidewater\n" in text
    assert "Numerai says that it is linked to you at Discord." in text
    assert NO_KEYS in text
    assert "bio" not in text
    verified = await verification_of(server.database, server.ben.id)
    assert verified == AccountVerification(server.ben.id, "classic", "tidewater", NOW, NOW)
    assert await code_of(server.database, server.ben.id, NOW) is None


@pytest.mark.parametrize(
    "told", [None, "", "0", "x" * 500, "1" * 30, True, {}, [], 0, "٣" * 18, "12345678901234567890"]
)
async def test_whoever_is_not_linked_gets_a_code(server: Server, api: LoopbackNumerai, told: Any) -> None:
    api.link("tidewater", told)
    reply = await ask(server)
    assert await verification_of(server.database, server.ben.id) is None
    code = await code_of(server.database, server.ben.id, NOW)
    assert code is not None
    assert reply.content == code.code


async def test_another_s_link_verifies_nobody_else(server: Server, api: LoopbackNumerai) -> None:
    api.link("tidewater", str(server.moderator.id))
    assert len((await ask(server)).content) == 24
    assert await verification_of(server.database, server.ben.id) is None
    await ask(server, server.moderator)
    assert await verification_of(server.database, server.moderator.id) is not None


async def test_an_account_stays_one_member_s(server: Server, api: LoopbackNumerai) -> None:
    api.link("tidewater", str(server.ben.id))
    await ask(server)
    api.link("tidewater", str(server.moderator.id))
    assert "Another member has verified that account already" in (await ask(server, server.moderator)).content
    assert await verification_of(server.database, server.moderator.id) is None


async def test_a_link_made_meanwhile_counts_at_the_button(server: Server, api: LoopbackNumerai) -> None:
    reply = await ask(server)
    api.link("tidewater", str(server.ben.id))
    assert "### Verified: tidewater\n" in text_of(await press(reply, server.ben))


async def test_the_code_may_stand_in_the_account_s_bio(server: Server, api: LoopbackNumerai) -> None:
    reply = await ask(server)
    api.account_bios["tidewater"] = f"I like tides. {reply.content}"
    api.forget()
    assert "### Verified: tidewater\n" in text_of(await press(reply, server.ben))


@pytest.mark.parametrize("change", [("discord: DiscordAccount", ""), ("userId: String", "id: String")])
async def test_an_api_without_that_field_leaves_the_code(
    server: Server, api: LoopbackNumerai, change: tuple[str, str]
) -> None:
    api.link("tidewater", str(server.ben.id))
    api.change(*change)
    reply = await ask(server)
    assert len(reply.content) == 24
    api.set_bio("tidewater_2", reply.content)
    assert "### Verified: tidewater\n" in text_of(await press(reply, server.ben))
