"""Who gets a Share button, and who may press it, told by what Discord says of an interaction."""

from typing import Any

import discord
import pytest

from storage.members.questions import AskedQuestion
from tests.offline import Server
from ui.answer import Answer
from ui.card import Card
from ui.question_buttons import QuestionButton
from ui.roles import check_may_post

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
    asked = AskedQuestion(1, server.ben.id, "payout rules", {}, server.bot.tools.now())
    rows = server.bot.questions.rows(asked_in, asked, Answer(Card("A finding"), details=(Card("More"),)))
    return [item.custom_id for row in rows for item in row.children if isinstance(item, QuestionButton)]


async def test_an_answer_can_be_shared_where_the_bot_is_invited_alone(server: Server) -> None:
    me, here, details = str(server.ben.id), str(server.guild.id), "payout:details:1"
    assert await buttons(server, interaction(server, owners={"0": here})) == ["payout:share:1", details]
    assert await buttons(server, interaction(server, owners={"1": me})) == [details]
    assert await buttons(server, interaction(server, owners={"0": "0"}, guild=False)) == [details]
    assert await buttons(server, interaction(server, owners={"1": me}, guild=False)) == [details]
    both = interaction(server, owners={"0": here, "1": me})
    assert len(await buttons(server, both)) == 2, "the server has invited the bot too"


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
