"""The messages of the loopback Discord and the answers to interactions, as a bot makes them over HTTP."""

import math
from collections.abc import Awaitable, Callable
from typing import Any

from tests.loopback.state import (
    APPLICATION_ID,
    BOT,
    EPHEMERAL,
    LOADING,
    File,
    Interaction,
    Payload,
    Request,
    State,
    now,
    snowflake,
)

Answer = tuple[int, Any]  # status, JSON body (None: no body)

MESSAGE_KEYS = {"content", "embeds", "components", "attachments", "flags", "nonce", "enforce_nonce"}
IGNORED_KEYS = {"tts", "allowed_mentions"}  # what they say is in the recorded request
SENT, DEFERRED, DEFERRED_UPDATE, UPDATED, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
RESPONSES = {
    COMMAND: {SENT, DEFERRED, MODAL},
    COMPONENT: {SENT, DEFERRED, DEFERRED_UPDATE, UPDATED, MODAL},
    SUBMIT: {SENT, DEFERRED, DEFERRED_UPDATE, UPDATED},
    AUTOCOMPLETE: {CHOICES},
}


class ApiError(Exception):
    """An error as Discord words it."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(f"{status}: {message} ({code})")
        self.status = status
        self.body = {"message": message, "code": code}


def number_components(components: list[Payload]) -> list[Payload]:
    """Give every component the integer id that Discord gives it."""
    count = 0

    def numbered(component: Payload) -> Payload:
        nonlocal count
        count += 1
        result = {"id": count, **component}
        for key in ("components", "accessory"):
            if isinstance(component.get(key), list):
                result[key] = [numbered(child) for child in component[key]]
            elif key in component:
                result[key] = numbered(component[key])
        return result

    return [numbered(component) for component in components]


class Messages:
    """Keeps the messages, announces the public ones, and follows every interaction to its end."""

    def __init__(self, state: State, dispatch: Callable[[str, Payload], Awaitable[None]]) -> None:
        self.state = state
        self.dispatch = dispatch

    def channel(self, channel: str) -> Payload:
        if channel not in self.state.channels:
            raise ApiError(404, 10003, "Unknown Channel")
        return self.state.channels[channel]

    def _new_message(self, channel: Payload, interaction: Interaction | None = None) -> Payload:
        message = {
            "id": snowflake(),
            "channel_id": channel["id"],
            "author": BOT.user(),
            "type": 0,
            "content": "",
            "timestamp": now(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "components": [],
            "pinned": False,
            "flags": 0,
        }
        if interaction is not None:
            message["type"] = 20 if interaction.kind == COMMAND else 0
            message |= {"application_id": APPLICATION_ID, "webhook_id": APPLICATION_ID}
            message["interaction_metadata"] = {
                "id": interaction.id,
                "type": interaction.kind,
                "user": interaction.person.user(),
                "authorizing_integration_owners": {"0": channel.get("guild_id", "0")},
            }
        return message

    def _write(self, message: Payload, data: Payload, files: list[File]) -> None:
        """Put what a request says into a message, all of it or nothing."""
        strange = set(data) - MESSAGE_KEYS - IGNORED_KEYS
        if strange:
            self.state.unimplemented.append(f"a message with {', '.join(sorted(strange))}")
        content = message["content"] if "content" not in data else data["content"] or ""
        if len(content) > 2000:
            raise ApiError(400, 50035, "Invalid Form Body: content must be 2000 or fewer in length")
        kept = message["attachments"]
        if "attachments" in data:
            wanted = {str(attachment["id"]) for attachment in data["attachments"] or []}
            kept = [attachment for attachment in kept if attachment["id"] in wanted]
        written = {"content": content, "attachments": kept + [self.state.upload(file) for file in files]}
        if "embeds" in data:
            written["embeds"] = [{"type": "rich", **embed} for embed in data["embeds"] or []]
        if "components" in data:
            written["components"] = number_components(data["components"] or [])
        result = message | written
        if not any(result[key] for key in ("content", "embeds", "components", "attachments")):
            raise ApiError(400, 50006, "Cannot send an empty message")
        # whether a message is ephemeral or loading is never decided by an edit
        flags = data.get("flags", message["flags"]) & ~(EPHEMERAL | LOADING)
        message |= written | {"flags": flags | message["flags"] & EPHEMERAL}

    async def _announce(self, event: str, message: Payload) -> None:
        if message["flags"] & EPHEMERAL:
            return
        channel = self.state.channels[message["channel_id"]]
        if event == "MESSAGE_DELETE":
            message = {"id": message["id"], "channel_id": channel["id"]}
        elif "guild_id" in channel:
            member = {key: value for key, value in BOT.member().items() if key != "user"}
            message = message | {"member": member}
        await self.dispatch(event, message | {key: channel[key] for key in ("guild_id",) if key in channel})

    async def _keep(self, message: Payload) -> Payload:
        self.state.messages[message["id"]] = message
        await self._announce("MESSAGE_CREATE", message)
        return message

    async def _edit(self, message: Payload, data: Payload, files: list[File]) -> Payload:
        loading = message["flags"] & LOADING
        self._write(message, data, files)
        message["edited_timestamp"] = None if loading else now()
        await self._announce("MESSAGE_UPDATE", message)
        return message

    async def _delete(self, message: Payload) -> None:
        del self.state.messages[message["id"]]
        await self._announce("MESSAGE_DELETE", message)

    def _public_message(self, channel: str, message: str) -> Payload:
        self.channel(channel)
        found = self.state.messages.get(message)
        if found is None or found["channel_id"] != channel or found["flags"] & EPHEMERAL:
            raise ApiError(404, 10008, "Unknown Message")
        return found

    async def post_message(self, call: Request, channel: str) -> Answer:
        message = self._new_message(self.channel(channel))
        self._write(message, call.payload, call.files)
        nonce = call.payload.get("nonce")
        if nonce is not None:
            if len(str(nonce)) > 25:
                raise ApiError(400, 50035, "Invalid Form Body: nonce must be 25 or fewer in length")
            if call.payload.get("enforce_nonce") and (channel, nonce) in self.state.nonces:
                return 200, self.state.nonces[channel, nonce]
            self.state.nonces[channel, nonce] = message
        return 200, await self._keep(message)

    async def get_message(self, call: Request, channel: str, message: str) -> Answer:
        return 200, self._public_message(channel, message)

    async def get_history(self, call: Request, channel: str) -> Answer:
        self.channel(channel)
        first, last = int(call.query.get("after", 0)), float(call.query.get("before", math.inf))
        shown = [
            message
            for message in self.state.messages.values()
            if message["channel_id"] == channel
            and not message["flags"] & EPHEMERAL
            and first < int(message["id"]) < last
        ]
        limit = int(call.query.get("limit", 50))
        return 200, (shown[:limit] if "after" in call.query else shown[-limit:])[::-1]

    async def patch_message(self, call: Request, channel: str, message: str) -> Answer:
        return 200, await self._edit(self._public_message(channel, message), call.payload, call.files)

    async def delete_message(self, call: Request, channel: str, message: str) -> Answer:
        await self._delete(self._public_message(channel, message))
        return 204, None

    async def call_back(self, call: Request, interaction: str, token: str) -> Answer:
        asked = self.state.interactions.get(interaction)
        if asked is None or asked.token != token:
            raise ApiError(404, 10062, "Unknown interaction")
        if asked.response_type is not None:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        call.interaction = asked
        after = call.at - asked.sent_at
        if after > self.state.answer_within:
            asked.refusal = f"the first answer came after {after:.2f} s: 10062 Unknown interaction"
            raise ApiError(404, 10062, "Unknown interaction")
        kind, data = call.payload["type"], call.payload.get("data") or {}
        if kind not in RESPONSES[asked.kind] or len(data.get("choices", [])) > 25:
            raise ApiError(400, 50035, "Invalid Form Body")
        # taken before the first await, so that of two answers at once only one is accepted
        asked.response_type, asked.first_response_after = kind, after
        try:
            message = await self._respond(asked, kind, data, call.files)
        except ApiError:
            asked.response_type = None
            raise
        if kind not in (DEFERRED, DEFERRED_UPDATE):
            asked.finish(message)
        if call.query.get("with_response") not in ("1", "true"):
            return 204, None
        about = {"id": asked.id, "type": asked.kind}
        resource: Payload = {"type": kind}
        if message is not None:
            resource["message"] = message
            about["response_message_id"] = message["id"]
            about["response_message_loading"] = kind == DEFERRED
            about["response_message_ephemeral"] = bool(message["flags"] & EPHEMERAL)
        return 200, {"interaction": about, "resource": resource}

    async def _respond(
        self, asked: Interaction, kind: int, data: Payload, files: list[File]
    ) -> Payload | None:
        if kind in (SENT, DEFERRED):
            message = self._new_message(asked.channel, asked)
            message["flags"] = data.get("flags", 0) & EPHEMERAL
            if kind == SENT:
                self._write(message, data, files)
            else:
                message["flags"] |= LOADING
                asked.waiting = True
            asked.original = message["id"]
            return await self._keep(message)
        if kind in (DEFERRED_UPDATE, UPDATED):
            message = self.state.messages.get(asked.message["id"])
            if message is None:
                raise ApiError(404, 10008, "Unknown Message")
            asked.original = message["id"]
            return await self._edit(message, data, files) if kind == UPDATED else None
        if kind == CHOICES:
            asked.choices = data["choices"]
        else:
            asked.modal = data
        return None

    def _asked_with(self, call: Request, token: str) -> Interaction:
        for asked in self.state.interactions.values():
            if asked.token == token and asked.response_type is not None:
                call.interaction = asked
                return asked
        raise ApiError(404, 10015, "Unknown Webhook")

    def _answer_message(self, call: Request, token: str, message: str) -> tuple[Interaction, Payload]:
        asked = self._asked_with(call, token)
        found = self.state.messages.get(asked.original if message == "@original" else message)
        if found is None:
            raise ApiError(404, 10008, "Unknown Message")
        return asked, found

    async def follow_up(self, call: Request, application: str, token: str) -> Answer:
        asked = self._asked_with(call, token)
        if asked.waiting:
            # Discord fills the deferred answer with the first follow-up, whatever its own ephemeral flag
            return await self.patch_answer(call, application, token, "@original")
        message = self._new_message(asked.channel, asked)
        message["flags"] = call.payload.get("flags", 0) & EPHEMERAL
        self._write(message, call.payload, call.files)
        await self._keep(message)
        asked.finish(message)
        return 200, message

    async def get_answer(self, call: Request, application: str, token: str, message: str) -> Answer:
        return 200, self._answer_message(call, token, message)[1]

    async def patch_answer(self, call: Request, application: str, token: str, message: str) -> Answer:
        asked, found = self._answer_message(call, token, message)
        await self._edit(found, call.payload, call.files)
        asked.waiting = False
        asked.finish(found)
        return 200, found

    async def delete_answer(self, call: Request, application: str, token: str, message: str) -> Answer:
        asked, found = self._answer_message(call, token, message)
        await self._delete(found)
        asked.waiting = False
        asked.deleted = asked.deleted or not asked.finished
        asked.finish(found)
        return 204, None
