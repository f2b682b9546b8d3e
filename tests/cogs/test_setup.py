"""`/setup`: moderators decide about their server, every channel is tried, and nobody else decides."""

import re
from typing import Any
from zoneinfo import ZoneInfo

import discord
import pytest

from storage.server.settings import settings_of
from tests.features.polls.polling import labels
from tests.features.proposals.proposing import deny
from tests.offline import Server, said, text_of


async def setup(server: Server, command: str, **options: Any) -> Any:
    return said(await server.moderator.slash(server.channel, f"setup {command}", **options))


async def kept(server: Server) -> Any:
    return await settings_of(server.database, server.guild.id)


def left_in(room: Any) -> list[Any]:
    """What the bot has written in a channel, without Discord's own news of threads."""
    return [message for message in room.history() if message.type is discord.MessageType.default]


# ---------------------------------------------------------------- settings


async def test_a_moderator_turns_sharing_off_and_on(server: Server) -> None:
    assert "Sharing is off" in (await setup(server, "sharing", allowed=False)).content
    assert not (await kept(server)).sharing
    asked = await server.ben.slash(server.channel, "payout compare", proposed="1C3T", who="everyone")
    clicked = await server.ben.click(said(asked).message, label="Share")
    assert "turned sharing off" in said(clicked).content
    assert server.channel.history() == []
    assert "**Sharing answers** off" in text_of(await setup(server, "show"))
    assert "may share" in (await setup(server, "sharing", allowed=True)).content
    assert "**Sharing answers** allowed" in text_of(await setup(server, "show"))


async def test_the_defaults_are_shown(server: Server) -> None:
    shown = await setup(server, "show")
    assert len(text_of(shown)) < 4000
    text = text_of(shown)
    for line in (
        "**Proposals go to** the channel they are typed in",
        "**Announcements go to** nowhere",
        "**Moderators** whoever may manage the server",
        "**Answers for the team** moderators",
        "**Time zone** UTC",
        "24 h between a member's proposals, 3 open at once, 2 secondings at least",
    ):
        assert line in text


async def test_roles_are_set_and_hold(server: Server) -> None:
    helpers, team = server.guild.create_role("Helpers"), server.guild.create_role("Team")
    dora = server.guild.add_member(server.env.create_user("dora"), roles=[helpers])
    text = text_of(await setup(server, "roles", moderators=helpers, team=team))
    assert f"**Moderators** <@&{helpers.id}> · **Answers for the team** <@&{team.id}>" in text
    settings = await kept(server)
    assert (settings.moderator_role, settings.team_role) == (helpers.id, team.id)
    hide = {"number": 1, "reason": "r"}
    for member, sentence in (
        (dora, "There is no proposal #1"),
        (server.ben, "Only moderators of this server"),
    ):
        assert sentence in said(await member.slash(server.channel, "proposal hide", **hide)).content
    for options in ({"moderators": server.guild.default_role}, {"team": server.guild.default_role}):
        refused = await setup(server, "roles", **options)
        assert "would make every member a moderator: pick another role." in refused.content
        assert "@everyone" not in refused.content, "it would ping"
    assert await kept(server) == settings
    await setup(server, "roles")
    assert (await kept(server)).moderator_role is None


ZONES = [
    ("Europe/Berlin", "Europe/Berlin"),
    (" europe/BERLIN ", "Europe/Berlin"),
    ("america/new york", "America/New_York"),
]


async def test_a_zone_is_found_or_the_nearest_offered(server: Server) -> None:
    for typed, zone in ZONES:
        before = (await kept(server)).zone
        asked = await setup(server, "zone", name=typed)
        there = server.bot.now().astimezone(ZoneInfo(zone))
        assert re.search(rf"### It is [0-2][0-9]:[0-5][0-9] in {zone}\n{there:%A}", text_of(asked))
        assert (await kept(server)).zone == before, "the time is shown before it is kept"
        shown = (await server.moderator.click(asked.message, label="Keep it")).response
        assert f"**Time zone** {zone}" in text_of(shown)
        assert (await kept(server)).zone == zone
    told = await setup(server, "zone", name="UTC+2")
    assert "no time zone of a city but an offset" in told.content
    offered = labels(told)
    asked = said(await server.moderator.click(told.message, label=offered[0]))
    assert f" in {offered[0]}\n" in text_of(asked)
    left = (await server.moderator.click(asked.message, label="Leave it")).response
    assert "**Time zone** America/New_York" in text_of(left)
    refused = (await setup(server, "zone", name="Europe/Berln")).content.replace("\\", "")
    assert refused.startswith("“Europe/Berln” is no time zone of a city. Did you mean Europe/Berlin (")
    refused = (await setup(server, "zone", name="@everyone " + "x" * 3000)).content
    assert len(refused) < 300
    assert "@everyone" not in refused
    assert (await kept(server)).zone == "America/New_York"
    choices = await server.moderator.autocomplete(server.channel, "setup zone", "name", "berl")
    [choice] = choices
    assert choice["value"] == "Europe/Berlin"
    assert re.fullmatch("Europe/Berlin · [0-2][0-9]:[0-5][0-9] now", choice["name"])
    assert len(await server.moderator.autocomplete(server.channel, "setup zone", "name", "")) == 25


LIMITS = [
    ({"hours": -1}, "The hours between two proposals are a number from 0 to 720, not -1."),
    ({"hours": 721}, "The hours between two proposals are a number from 0 to 720, not 721."),
    ({"open_at_once": 0}, "The open proposals of a member are a number from 1 to 50, not 0."),
    ({"open_at_once": 51}, "The open proposals of a member are a number from 1 to 50, not 51."),
    ({"secondings": -1}, "The secondings are a number from 0 to 1000, not -1."),
    ({"secondings": 1001}, "The secondings are a number from 0 to 1000, not 1001."),
    ({"hours": 5, "secondings": 2**53 - 1}, "The secondings are a number from 0 to 1000"),
]


async def test_limits_within_their_ranges(server: Server) -> None:
    before = await kept(server)
    for options, sentence in LIMITS:
        assert sentence in (await setup(server, "limits", **options)).content.replace("\\", "")
    assert await kept(server) == before
    for options in (
        {"hours": 0, "open_at_once": 1, "secondings": 0},
        {"hours": 720, "open_at_once": 50, "secondings": 1000},
    ):
        text = text_of(await setup(server, "limits", **options))
        settings = await kept(server)
        assert (settings.cooldown_hours, settings.open_cap, settings.seconds_least) == tuple(options.values())
        assert (
            f"{options['hours']} h between a member's proposals, {options['open_at_once']} open at once"
            in text
        )
    await setup(server, "limits", hours=7)
    assert (await kept(server)).open_cap == 50, "what is left out stays"


async def test_a_block_needs_its_reason(server: Server) -> None:
    for reason in ("", "  ", "x" * 301):
        refused = await setup(server, "block", member=server.ben, reason=reason)
        assert refused.content == "Give a reason of 1 to 300 characters: the member is told when they try."
    shown = said(await server.ben.slash(server.channel, "proposal new", kind="other"))
    assert shown.content == ""


# ---------------------------------------------------------------- channels


async def test_channels_are_tried_at_once_and_leave_no_trace(server: Server) -> None:
    forum = server.guild.create_forum_channel("proposals")
    news = server.guild.create_text_channel("news")
    reply = await setup(server, "channels", proposals=forum, announcements=news)
    assert "### Everything works\n" in text_of(reply)
    text = text_of(reply)
    assert "**Proposals in #proposals** works: permissions, opening a post, making tags" in text
    assert "**Announcements in #news** works: permissions, posting, opening a thread" in text
    assert forum.threads == news.threads == left_in(news) == []
    settings = await kept(server)
    assert (settings.proposal_channel, settings.announce_channel) == (forum.id, news.id)
    assert f"**Proposals go to** <#{forum.id}>" in text_of(await setup(server, "show"))
    assert "none are set" in text_of(await setup(server, "channels"))
    assert (await kept(server)).proposal_channel is None


MISSING = [
    (
        True,
        {"manage_channels": False},
        ["making tags: Manage Channels is missing; posts go on without my tags"],
    ),
    (True, {"manage_threads": False}, ["reopening old posts: Manage Threads is missing"]),
    (True, {"attach_files": False}, ["permissions: Attach Files is missing"]),
    (
        True,
        {"send_messages": False},
        ["permissions: Send Messages, Embed Links", "opening a post: I may not do that there"],
    ),
    (
        False,
        {"send_messages": False},
        ["permissions: Send Messages, Embed Links", "posting: I may not do that there"],
    ),
    (False, {"create_public_threads": False}, ["opening a thread: Create Public Threads is missing"]),
    (
        False,
        {"embed_links": False, "read_message_history": False},
        ["permissions: Embed Links and Read Message History are missing"],
    ),
    (False, {"view_channel": False}, ["View Channel"]),
]


async def test_check_says_what_is_missing(server: Server, subtests: pytest.Subtests) -> None:
    forum, text = server.guild.create_forum_channel("forum"), server.guild.create_text_channel("text")
    for in_forum, denied, missing in MISSING:
        with subtests.test(missing[0]):
            room = forum if in_forum else text
            await setup(server, "channels", proposals=room)
            await deny(server, room, **denied)
            reply = await setup(server, "check")
            assert re.search(r"### \d (thing is|things are) missing\n", text_of(reply))
            assert "add this bot, allow what is named above" in text_of(reply)
            for line in missing:
                assert line in text_of(reply)
            server.env.backend.edit_channel(room.id, {}, overwrites=[])
            await server.env.settle()
            assert "### Everything works\n" in text_of(await setup(server, "check"))
    assert left_in(text) == []


async def test_check_says_what_is_gone(server: Server) -> None:
    room, role = server.guild.create_text_channel("proposals"), server.guild.create_role("Team")
    await setup(server, "channels", proposals=room)
    await setup(server, "roles", team=role)
    server.env.backend.delete_channel(room.id)
    server.env.backend.delete_role(server.guild.id, role.id)
    await server.env.settle()
    text = text_of(await setup(server, "check"))
    assert "**Proposals** \n• the channel: it is gone, or I can't see it; pick another in the menu" in text
    assert "**The team** \n• the role: it is gone; pick another in the menu" in text


# ---------------------------------------------------------------- who may


async def test_the_permission_is_checked_by_the_bot_too(server: Server) -> None:
    # the server's owner may open the command to everyone in Discord's settings; the bot still asks
    [command] = [command for command in await server.bot.tree.fetch_commands() if command.name == "setup"]
    server.guild.set_command_permissions(command, {server.guild.default_role: True})
    before = await kept(server)
    asked: list[tuple[str, dict[str, Any]]] = [
        ("sharing", {"allowed": False}), ("show", {}), ("channels", {"proposals": server.channel}),
        ("roles", {}), ("zone", {"name": "Europe/Berlin"}), ("limits", {"hours": 0}), ("check", {}),
        ("block", {"member": server.moderator, "reason": "r"}),
    ]  # fmt: skip
    assert {name for name, _ in asked} == {
        each.name for each in server.bot.tree.get_command("setup").commands
    }
    for name, options in asked:
        refused = said(await server.ben.slash(server.channel, f"setup {name}", **options))
        assert "manage guild" in refused.content, name
    assert await kept(server) == before
    assert server.channel.threads == []
