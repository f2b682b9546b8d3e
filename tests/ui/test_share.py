"""Who gets a Share button, and who may press it, told by what Discord says of an interaction."""

from typing import Any

import discord
import pytest

from storage.database import fetch_all
from tests.offline import Server
from ui.share import ShareButton, asked_to_share, check_may_post, share_view

SENDS, SENDS_IN_THREADS = 1 << 11, 1 << 38
TEXT, PUBLIC_THREAD = 0, 11


def interaction(
    server: Server, *, owners: dict[str, str], permissions: int = SENDS, kind: int = TEXT, guild: bool = True
) -> discord.Interaction[Any]:
    """A click as Discord words it, given to the real library."""
    user = {"id": str(server.ben.id), "username": "ben", "discriminator": "0", "avatar": None}
    channel: dict[str, Any] = {"id": str(server.channel.id), "type": kind, "name": "talk", "position": 0}
    if kind == PUBLIC_THREAD:
        channel |= {
            "id": "4",
            "parent_id": str(server.channel.id),
            "owner_id": str(server.ben.id),
            "member_count": 1,
            "message_count": 1,
            "thread_metadata": {
                "archived": False,
                "auto_archive_duration": 60,
                "archive_timestamp": "2031-05-04T12:00:00+00:00",
                "locked": False,
            },
        }
    payload: dict[str, Any] = {
        "id": "1",
        "application_id": "2",
        "type": 3,
        "token": "x",
        "version": 1,
        "data": {"custom_id": "stakes:share:1", "component_type": 2},
        "channel": channel if guild else {"id": "3", "type": 1, "recipients": [user]},
        "authorizing_integration_owners": owners,
        "attachment_size_limit": 1,
        "entitlements": [],
    }
    if guild:
        payload |= {
            "guild_id": str(server.guild.id),
            "member": {"user": user, "roles": [], "permissions": str(permissions), "joined_at": None}
            | {"deaf": False, "mute": False, "flags": 0},
        }
    else:
        payload["user"] = user
    return discord.Interaction(data=payload, state=server.bot._connection)  # type: ignore[arg-type]


async def buttons(server: Server, asked_in: discord.Interaction[Any]) -> list[str]:
    view = await share_view(
        asked_in,
        server.database,
        "stakes who",
        {"name": "quiet_heron"},
        server.bot.tools.now(),
    )
    found = [] if view is discord.utils.MISSING else view.children
    return [item.custom_id for item in found if isinstance(item, ShareButton)]


async def test_a_button_stands_for_the_stored_question(server: Server) -> None:
    invited = interaction(server, owners={"0": str(server.guild.id)})
    assert await buttons(server, invited) == ["stakes:share:1"]
    assert await asked_to_share(invited, server.database, 1) == ("stakes who", {"name": "quiet_heron"})


async def test_who_brought_the_bot_along_gets_no_button_and_leaves_nothing(server: Server) -> None:
    me, here = str(server.ben.id), str(server.guild.id)
    assert await buttons(server, interaction(server, owners={"1": me})) == []
    assert await buttons(server, interaction(server, owners={"0": "0"}, guild=False)) == []
    assert await buttons(server, interaction(server, owners={"1": me}, guild=False)) == []
    assert await fetch_all(server.database, "SELECT 1 FROM asked_questions") == []
    both = interaction(server, owners={"0": here, "1": me})
    assert len(await buttons(server, both)) == 1, "the server has invited the bot too"


@pytest.mark.parametrize(
    ("kind", "permissions", "may"),
    [
        (TEXT, SENDS, True),
        (TEXT, SENDS_IN_THREADS, False),
        (TEXT, 0, False),
        (PUBLIC_THREAD, SENDS_IN_THREADS, True),
        (PUBLIC_THREAD, SENDS, False),
        (PUBLIC_THREAD, 0, False),
    ],
)
async def test_a_thread_has_a_permission_of_its_own(
    server: Server, kind: int, permissions: int, may: bool
) -> None:
    pressed = interaction(server, owners={"0": str(server.guild.id)}, permissions=permissions, kind=kind)
    if may:
        check_may_post(pressed)
    else:
        with pytest.raises(ValueError, match="You can't write in this channel"):
            check_may_post(pressed)
