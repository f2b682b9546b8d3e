"""`/account verify`: the code, the button, the card and the row, over a Numerai API on this machine."""

import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

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
from tests.numerai_data import NOW, Present
from tests.numerai_server import LoopbackNumerai
from tests.offline import OfflineDiscord, Server, check_limits, said, text_of
from tests.patience import CALM, eventually
from tournament.numerai.source import NumeraiSource, Throttle

pytestmark = pytest.mark.slow  # a bot for each test


@pytest.fixture
async def api() -> AsyncIterator[LoopbackNumerai]:
    async with LoopbackNumerai(first_round=1390) as api:
        yield api


@pytest.fixture
def present() -> Present:
    return Present()


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Database]:
    kept = await open_database(tmp_path / "answers.sqlite3")
    yield kept
    await kept.close()


@pytest.fixture
def new_bot(
    api: LoopbackNumerai, settings: Settings, kept: Database, present: Present
) -> Callable[[], Roundtable]:
    def make() -> Roundtable:
        source = NumeraiSource(
            kept, address=api.address, now=present, patience=CALM, throttle=Throttle(10_000)
        )
        bot = create_bot(settings, source=source, now=present)
        assert isinstance(bot, Roundtable)
        return bot

    return make


@pytest.fixture
async def env(new_bot: Callable[[], Roundtable]) -> AsyncIterator[simcord.Env]:
    env = OfflineDiscord(new_bot())
    await env.start()
    try:
        yield env
    finally:
        await env.shutdown()
        await env.bot.close()


async def ask(server: Server, who: Any = None, model: str = "tidewater_2", **options: Any) -> Any:
    return said(await (who or server.ben).slash(server.channel, "account verify", model=model, **options))


async def press(reply: Any, who: Any) -> Any:
    return said(await who.click(reply.message, label="I put it there"))


async def verify(server: Server, api: LoopbackNumerai, who: Any = None, model: str = "tidewater_2") -> Any:
    reply = await ask(server, who, model)
    api.set_bio(model, reply.content)
    return await press(reply, who or server.ben)


async def show(server: Server) -> Any:
    return said(await server.ben.slash(server.channel, "account show"))


async def test_the_code_comes_with_steps_and_what_is_never_asked_for(server: Server) -> None:
    reply = await ask(server, account="tidewater")
    code = await code_of(server.database, server.ben.id, NOW)
    assert code is not None
    assert reply.content == code.code, "alone, so that a phone copies nothing else"
    assert (code.model, code.tournament) == ("tidewater_2", "classic")
    text = text_of(reply)
    for words in ("Prove that tidewater is yours", "**tidewater\\_2**", "touch and hold", "I put it there"):
        assert words in text
    assert f"<t:{int(code.expires_at.timestamp())}:R>" in text
    assert NO_KEYS in text
    check_limits(reply)
    [row] = reply.components
    assert [button["custom_id"] for button in row["components"]] == [f"account:verified:{server.ben.id}"]


async def test_the_button_verifies_shows_and_says_what_to_clear(server: Server, api: LoopbackNumerai) -> None:
    done = await verify(server, api)
    assert done.embeds[0].title == "Verified: tidewater"
    assert "Take the code out of the bio" in text_of(done)
    check_limits(done)
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
    assert [card.title for card in shown.embeds] == ["Verified: tidewater"]
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
    assert [card.title.replace("\\", "") for card in shown.embeds] == [
        "Verified: tidewater",
        f"Linked: {name}",
    ]
    for card in (linked.embeds[0], shown.embeds[1]):
        names = [field.name for field in card.fields]
        assert ("Verified" in names, "A claim, not a proof" in names) == (proven, not proven)
    check_limits(shown)


async def test_unverify_takes_it_back(server: Server, api: LoopbackNumerai) -> None:
    await verify(server, api)
    assert "not verified any more" in said(await server.ben.slash(server.channel, "account unverify")).content
    assert await verification_of(server.database, server.ben.id) is None
    assert "no verified account" in said(await server.ben.slash(server.channel, "account unverify")).content
    assert "/account link" in (await show(server)).content
    assert (await verify(server, api)).embeds, "and it can be verified again"


async def test_everything_is_deleted_with_the_rest(server: Server, api: LoopbackNumerai) -> None:
    await verify(server, api)
    asked = await server.ben.slash(server.channel, "privacy delete")
    await server.ben.click(said(asked).message, label="Delete everything")
    assert await verification_of(server.database, server.ben.id) is None


@pytest.mark.parametrize("bio", [None, "", "I like tides.", "<b>no</b>" * 20_000])
async def test_without_the_code_in_the_bio_nothing_happens(
    server: Server, api: LoopbackNumerai, bio: str | None
) -> None:
    reply = await ask(server)
    api.set_bio("tidewater_2", bio)
    assert "does not hold your newest code" in (await press(reply, server.ben)).content
    assert await verification_of(server.database, server.ben.id) is None
    api.set_bio("tidewater_2", f"{bio} {reply.content}"[-90_000:])
    assert (await press(reply, server.ben)).embeds[0].title == "Verified: tidewater"


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
    assert not refused.embeds
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


async def test_the_button_still_works_after_a_restart(
    server: Server, api: LoopbackNumerai, new_bot: Callable[[], Roundtable]
) -> None:
    reply = await ask(server)
    await server.bot.close()  # the process ends
    await server.env.restart_bot(new_bot())
    api.set_bio("tidewater_2", reply.content)
    assert (await press(reply, server.ben)).embeds[0].title == "Verified: tidewater"
    assert await verification_of(server.database, server.ben.id) is not None


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
    assert (await press(reply, server.ben)).embeds[0].title == "Verified: tidewater"


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
