"""An account that is verified: its code, the button, the card and the row, until it is taken back or gone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import Roundtable, Settings, create_bot
from cogs.account import VerifiedButton
from features.account.account_card import NO_KEYS
from storage.database import Database, open_database
from storage.members.links import link_of
from storage.members.verifications import (
    AccountVerification,
    code_of,
    due_rechecks,
    make_code,
    use_code,
    verification_of,
)
from tests.cogs.account.verify.asking import ask, press, show, verify
from tests.numerai_data import NOW, Present
from tests.numerai_server import LoopbackNumerai
from tests.offline import OfflineDiscord, Server, custom_id, said, text_of
from tests.patience import CALM, eventually
from tournament.numerai.source import NumeraiSource, Throttle

pytestmark = pytest.mark.slow  # a bot for each test


async def test_the_code_comes_with_steps_and_what_is_never_asked_for(server: Server) -> None:
    reply = await ask(server, account="tidewater")
    code = await code_of(server.database, server.ben.id, NOW)
    assert code is not None
    assert reply.content == code.code, "alone, so that a phone copies nothing else"
    assert (code.model, code.tournament) == ("tidewater_2", "classic")
    text = text_of(reply.card)
    for words in ("Prove that tidewater is yours", "**tidewater_2**", "touch and hold", "I put it there"):
        assert words in text
    assert f"<t:{int(code.expires_at.timestamp())}:R>" in text
    assert NO_KEYS in text
    assert code.code not in text
    assert custom_id(reply.card, "verified") == f"account:verified:{server.ben.id}"


async def test_the_button_verifies_shows_and_says_what_to_clear(server: Server, api: LoopbackNumerai) -> None:
    done = await verify(server, api)
    assert "### Verified: tidewater\n" in text_of(done)
    assert "Take the code out of the bio" in text_of(done)
    verified = await verification_of(server.database, server.ben.id)
    assert verified == AccountVerification(server.ben.id, "classic", "tidewater", NOW, NOW)
    assert await code_of(server.database, server.ben.id, NOW) is None
    assert await link_of(server.database, server.ben.id) is None, "what is linked is another matter"


async def test_show_tells_how_old_a_verification_is(
    server: Server, api: LoopbackNumerai, present: Present
) -> None:
    await verify(server, api)
    assert "on 2026-11-20, today," in text_of(await show(server))
    present.moment += timedelta(days=40)
    shown = await show(server)
    assert "### Verified: tidewater\n" in text_of(shown)
    assert "Linked" not in text_of(shown)
    assert "on 2026-11-20, 40 days ago," in text_of(shown)
    assert "checked again from 2027-02-18 on" in text_of(shown)
    assert "Take the code out" not in text_of(shown)


@pytest.mark.parametrize(("name", "proven"), [("tidewater", True), ("solo_wren", False)])
async def test_show_has_both_cards_and_calls_only_what_is_proven_so(
    server: Server, api: LoopbackNumerai, name: str, proven: bool
) -> None:
    await verify(server, api)
    linked = said(await server.ben.slash(server.channel, "account link", name=name))
    shown = await show(server)
    told = text_of(shown).replace("\\", "")
    assert told.index("### Verified: tidewater\n") < told.index(f"### Linked: {name}\n")
    for text in (text_of(linked), told[told.index("### Linked") :]):
        assert ("**Verified** You" in text, "**A claim, not a proof**" in text) == (proven, not proven)


async def test_unverify_takes_it_back(server: Server, api: LoopbackNumerai) -> None:
    await verify(server, api)
    assert "not verified any more" in said(await server.ben.slash(server.channel, "account unverify")).content
    assert await verification_of(server.database, server.ben.id) is None
    assert "no verified account" in said(await server.ben.slash(server.channel, "account unverify")).content
    assert "/account link" in (await show(server)).content
    assert "### Verified" in text_of(await verify(server, api)), "and it can be verified again"


async def test_everything_is_deleted_with_the_rest(server: Server, api: LoopbackNumerai) -> None:
    await verify(server, api)
    asked = await server.ben.slash(server.channel, "privacy delete")
    await server.ben.click(said(asked).message, label="Delete everything")
    assert await verification_of(server.database, server.ben.id) is None


async def test_the_button_still_works_after_a_restart(
    server: Server, api: LoopbackNumerai, new_bot: Callable[[], Roundtable]
) -> None:
    reply = await ask(server)
    await server.bot.close()  # the process ends
    await server.env.restart_bot(new_bot())
    api.set_bio("tidewater_2", reply.content)
    assert "### Verified: tidewater\n" in text_of(await press(reply, server.ben))
    assert await verification_of(server.database, server.ben.id) is not None


async def test_a_running_bot_finds_out_which_accounts_are_gone(
    api: LoopbackNumerai, settings: Settings, kept: Database, present: Present
) -> None:
    before = await open_database(settings.database_path)
    long_ago = NOW - timedelta(days=91)
    for member, account in ((1, "gone_since"), (2, "tidewater")):
        code = await make_code(before, member, "classic", "any", long_ago)
        await use_code(before, member, code.code, account, long_ago)
    await before.close()
    source = NumeraiSource(kept, address=api.address, now=present, patience=CALM, throttle=Throttle(10_000))
    bot = create_bot(replace(settings, data_source="numerai"), source=source, now=present)
    assert isinstance(bot, Roundtable)
    env = OfflineDiscord(bot)
    await env.start()
    try:

        async def nothing_is_due() -> bool:
            return not await due_rechecks(bot.tools.database, long_ago)

        await eventually(nothing_is_due)
        assert await verification_of(bot.tools.database, 1) is None
        assert await verification_of(bot.tools.database, 2) == AccountVerification(
            2, "classic", "tidewater", long_ago, NOW
        )
    finally:
        await env.shutdown()
        await bot.close()


async def test_the_help_says_that_nobody_gives_away_a_key(server: Server) -> None:
    text = text_of(said(await server.ben.slash(server.channel, "help", command="account verify")))
    assert "never asks for an API key, a password or a wallet" in text


async def test_the_custom_id_of_the_button_round_trips() -> None:
    button = VerifiedButton(2**64 - 1)
    assert len(button.custom_id) <= 100
    match = VerifiedButton.__discord_ui_compiled_template__.fullmatch(button.custom_id)
    assert match is not None
    again = await VerifiedButton.from_custom_id(None, button.item, match)  # type: ignore[arg-type]
    assert again.member_id == 2**64 - 1
