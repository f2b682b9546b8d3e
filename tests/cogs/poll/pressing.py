"""Presses as Discord words them, given to the real library, and the moment when each answer leaves."""

import time
from typing import Any

import discord

from features.polls.buttons import PollButton
from tests.offline import Server


class Answered(discord.InteractionResponse[Any]):
    """Notes when the answer leaves, instead of sending it."""

    done = 0.0
    sent: dict[str, Any]

    async def send_message(self, content: Any = None, **shown: Any) -> Any:  # type: ignore[override]
        self.done, self.sent = time.perf_counter(), {"content": content, **shown}


def press(server: Server, member: Any, custom_id: str, values: list[str] | None) -> discord.Interaction[Any]:
    """A press as Discord words it, given to the real library."""
    data: dict[str, Any] = {"custom_id": custom_id, "component_type": 2 if values is None else 3}
    payload: dict[str, Any] = {
        "id": str(member.id),
        "application_id": "2",
        "type": 3,
        "token": "x",
        "version": 1,
        "data": data | ({} if values is None else {"values": values}),
        "channel": {"id": str(server.channel.id), "type": 0, "name": "talk", "position": 0},
        "guild_id": str(server.guild.id),
        "member": {
            "user": {"id": str(member.id), "username": member.name, "discriminator": "0", "avatar": None},
            "roles": [],
            "permissions": "2048",
            "joined_at": None,
            "deaf": False,
            "mute": False,
            "flags": 0,
        },
        "authorizing_integration_owners": {"0": str(server.guild.id)},
        "attachment_size_limit": 1,
        "entitlements": [],
    }
    pressed = discord.Interaction(data=payload, state=server.bot._connection)  # type: ignore[arg-type]
    pressed._cs_response = Answered(pressed)  # type: ignore[attr-defined]
    return pressed


async def choose(server: Server, member: Any, dialog: Any, place: str) -> float:
    """Pick in the dialog that a member has before them; seconds until the answer leaves."""
    began = time.perf_counter()
    picked = press(server, member, "ballot:choice", [place])
    select = dialog.children[0]
    select._refresh_state(picked, picked.data)
    await dialog._scheduled_task(select, picked)
    answer = picked.response
    assert isinstance(answer, Answered)
    assert answer.sent.get("embed") is not None, answer.sent
    return answer.done - began


async def ask_for_dialog(server: Server, member: Any, poll_id: int) -> tuple[Any, float]:
    began = time.perf_counter()
    pressed = press(server, member, f"poll:vote:{poll_id}", None)
    await PollButton("vote", poll_id).callback(pressed)
    answer = pressed.response
    assert isinstance(answer, Answered)
    return answer.sent["view"], answer.done - began
