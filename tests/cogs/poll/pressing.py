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

    async def edit_message(self, **shown: Any) -> Any:  # type: ignore[override]
        self.done, self.sent = time.perf_counter(), shown

    async def send_modal(self, form: Any, /) -> Any:
        self.done, self.sent = time.perf_counter(), {"form": form}


def press(server: Server, member: Any, custom_id: str) -> discord.Interaction[Any]:
    """A press as Discord words it, given to the real library."""
    data: dict[str, Any] = {"custom_id": custom_id, "component_type": 2}
    payload: dict[str, Any] = {
        "id": str(member.id),
        "application_id": "2",
        "type": 3,
        "token": "x",
        "version": 1,
        "data": data,
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


async def choose(server: Server, member: Any, form: Any, place: str) -> float:
    """Submit the form that a member has before them; seconds until the answer leaves."""
    began = time.perf_counter()
    submitted = press(server, member, form.custom_id)
    ticked = {"type": discord.ComponentType.radio_group.value, "custom_id": "choice", "value": place}
    label = {"type": discord.ComponentType.label.value, "component": ticked}
    submitted.data["components"] = [label]  # type: ignore[index, typeddict-unknown-key]
    await form._scheduled_task(submitted, [label], {})
    answer = submitted.response
    assert isinstance(answer, Answered)
    assert answer.sent.get("view") is not None, answer.sent
    return answer.done - began


async def ask_for_dialog(server: Server, member: Any, poll_id: int) -> tuple[Any, float]:
    began = time.perf_counter()
    pressed = press(server, member, f"poll:vote:{poll_id}")
    await PollButton("vote", poll_id).callback(pressed)
    answer = pressed.response
    assert isinstance(answer, Answered)
    return answer.sent["form"], answer.done - began
