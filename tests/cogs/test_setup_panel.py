"""The panel of `/setup show`: every menu and button of it, by whom it may be used, and after a restart."""

from typing import Any

import pytest

from bot import create_bot
from features.server.leaving import mark
from storage.server.settings import GuildSettings, settings_of
from tests.features.polls.polling import labels
from tests.features.proposals.proposing import deny
from tests.offline import Server, custom_id, parts_of, posted, said, text_of


async def panel(server: Server) -> Any:
    return said(await server.moderator.slash(server.channel, "setup show"))


async def kept(server: Server) -> GuildSettings:
    return await settings_of(server.database, server.guild.id)


async def pick(server: Server, shown: Any, menu: str, values: list[Any]) -> Any:
    return await server.moderator.select(shown.message, values, custom_id=custom_id(shown, menu))


async def test_channels_are_picked_tried_and_taken_back(server: Server) -> None:
    forum, news = server.guild.create_forum_channel("ideas"), server.guild.create_text_channel("news")
    shown = await panel(server)
    assert labels(shown) == ["Turn sharing off", "Limits", "Try it"]
    for _ in range(2):
        told = (await pick(server, shown, "proposals", [forum])).response
        assert "### Everything works\n" in text_of(told)
        assert "**Proposals in #ideas** works: permissions, opening a post" in text_of(told)
    await deny(server, news, send_messages=False)
    told = (await pick(server, shown, "announcements", [news])).response
    assert "things are missing" in text_of(told)
    assert "**How to mend it** Open the settings of that channel" in text_of(told)
    settings = await kept(server)
    assert (settings.proposal_channel, settings.announce_channel) == (forum.id, news.id)
    [menu] = [part for part in parts_of(told) if part.get("custom_id", "").startswith("setup:proposals:")]
    assert str(forum.id) in str(menu["default_values"]), "the menu shows what was picked"
    assert "### Everything works" in text_of((await pick(server, shown, "announcements", [])).response)
    assert (await kept(server)).announce_channel is None
    assert forum.threads == []


async def test_roles_and_zones_are_picked(server: Server) -> None:
    role = server.guild.create_role("Judges")
    shown = await panel(server)
    await pick(server, shown, "moderators", [role])
    told = (await pick(server, shown, "team", [role])).response
    assert f"**Moderators** <@&{role.id}> · **Answers for the team** <@&{role.id}>" in text_of(told)
    refused = await pick(server, shown, "team", [server.guild.default_role])
    assert "would make every member a moderator" in said(refused).content
    await pick(server, shown, "moderators", [])
    settings = await kept(server)
    assert (settings.moderator_role, settings.team_role) == (None, role.id)
    told = (await pick(server, shown, "zone", ["Asia/Tokyo"])).response
    assert "**Time zone** Asia/Tokyo" in text_of(told)
    form = await pick(server, shown, "zone", ["another"])
    told = said(await server.moderator.submit_modal(form, {"text": "Europe/Berln"}))
    assert "Did you mean Europe/Berlin" in told.content.replace("\\", "")
    back = await server.moderator.click(told.message, label="Back to the form")
    assert "Europe/Berln" in str(back.modal)
    asked = (await server.moderator.submit_modal(back, {"text": "america/st johns"})).response
    assert "in America/St_Johns" in text_of(asked)
    assert (await kept(server)).zone == "Asia/Tokyo", "its time is shown before it is kept"
    await server.moderator.click(asked.message, label="Keep it")
    assert (await kept(server)).zone == "America/St_Johns"
    fresh = await panel(server)
    assert "America/St_Johns" in str(fresh.components), (
        "it stands in the menu, though it is none of the common"
    )


async def test_sharing_and_limits_are_changed(server: Server) -> None:
    shown = await panel(server)
    told = (await server.moderator.click(shown.message, label="Turn sharing off")).response
    assert "**Sharing answers** off" in text_of(told)
    assert labels(told)[0] == "Allow sharing"
    assert not (await kept(server)).sharing
    form = await server.moderator.click(shown.message, label="Limits")
    assert "'value': '24'" in str(form.modal)
    before = await kept(server)
    typed = {"cooldown_hours": "721", "open_cap": "many", "seconds_least": "🦆"}
    refused = said(await server.moderator.submit_modal(form, typed))
    for sentence in ("from 0 to 720, not 721", "“many” is not a number", "“🦆” is not a number"):
        assert sentence in refused.content
    assert await kept(server) == before
    back = await server.moderator.click(refused.message, label="Back to the form")
    assert "721" in str(back.modal)
    limits = {"cooldown_hours": "5", "open_cap": "1", "seconds_least": "0"}
    await server.moderator.submit_modal(back, limits)
    settings = await kept(server)
    assert (settings.cooldown_hours, settings.open_cap, settings.seconds_least) == (5, 1, 0)


async def test_who_may_not_manage_the_server_any_more_changes_nothing(server: Server) -> None:
    shown = await panel(server)
    before = await kept(server)
    server.env.backend.edit_member(server.guild.id, server.moderator.id, {"role_ids": []})
    await server.env.settle()
    pressed = [
        await pick(server, shown, "proposals", [server.channel]),
        await pick(server, shown, "team", []),
        await pick(server, shown, "zone", ["UTC"]),
        *[
            await server.moderator.click(shown.message, label=label)
            for label in ("Turn sharing off", "Limits", "Try it")
        ],
    ]
    for result in pressed:
        assert "manage guild" in said(result).content
    assert await kept(server) == before


async def test_it_works_after_a_restart(server: Server, settings: Any, source: Any) -> None:
    shown = await panel(server)
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=source))
    told = (await pick(server, shown, "proposals", [server.channel])).response
    assert "**Proposals in #payout-talk**" in text_of(told)
    told = (await server.moderator.click(shown.message, label="Try it")).response
    assert "### Everything works" in text_of(told)
    assert (await kept(server)).proposal_channel == server.channel.id


@pytest.mark.parametrize("text", ["", " ", "x" * 300, "שלום"])
async def test_a_zone_that_is_none_is_told(server: Server, text: str) -> None:
    shown = await panel(server)
    form = await pick(server, shown, "zone", ["another"])
    if text:
        told = said(await server.moderator.submit_modal(form, {"text": text}))
        assert "no time zone of a city" in told.content


async def test_the_first_contact_leads_to_the_panel(server: Server) -> None:
    hall = server.guild.create_text_channel("hall")
    other = server.env.create_guild("Elsewhere")
    lobby = other.create_text_channel("lobby")
    guild = server.bot.get_guild(server.guild.id)
    assert guild is not None
    cog = server.bot.get_cog("SetupCommands")
    [invited] = [hear for name, hear in cog.get_listeners() if name == "on_guild_join"]
    await invited(guild)
    assert posted(hall) == [], "nobody said where a word is welcome"
    await guild.edit(system_channel=guild.get_channel(hall.id))
    await invited(guild)
    [greeting] = posted(hall)
    assert "asks what you want to know" in text_of(greeting)
    shown = said(await server.moderator.click(greeting, label="Set up"))
    assert "### Settings of this server" in text_of(shown)
    refused = said(await server.ben.click(greeting, label="Set up"))
    assert "manage guild" in refused.content
    await pick(server, shown, "proposals", [server.channel])
    assert posted(hall) == [greeting]
    assert posted(lobby) == []
    await mark(server.database, server.guild.id, False, server.bot.now())
    await invited(guild)
    assert posted(hall) == [greeting], "who comes back is known"
