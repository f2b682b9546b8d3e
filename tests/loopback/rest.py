"""The HTTP side of the loopback Discord: the endpoints a bot calls, recorded, and failing when told to."""

import contextlib
import fnmatch
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

from aiohttp import web

from tests.loopback.messages import Answer, ApiError, Messages
from tests.loopback.state import APPLICATION_ID, BOT, MODERATOR, File, Request, State, snowflake

PREFIX = "/api/v10"


@dataclass
class Fault:
    """What `fail_next` ordered, and how often it is still due."""

    method: str
    pattern: str
    status: int
    body: Any
    headers: dict[str, str]
    left: int
    taken: bool


def matches(call: Request, method: str, pattern: str) -> bool:
    return call.method == method and fnmatch.fnmatchcase(call.path, pattern)


async def read_body(request: web.Request) -> tuple[Any, list[File]]:
    if request.content_type != "multipart/form-data":
        body = await request.read()
        return (json.loads(body) if body else None), []
    payload: Any = None
    parts: dict[int, tuple[str, bytes]] = {}
    async for part in await request.multipart():
        if part.name == "payload_json":
            payload = json.loads(await part.text())
        else:
            parts[int(part.name.removeprefix("files[").removesuffix("]"))] = (
                part.filename,
                bytes(await part.read()),
            )
    described = {
        str(attachment["id"]): attachment.get("description")
        for attachment in payload.get("data", payload).get("attachments", [])
    }
    return payload, [(*parts[index], described.get(str(index))) for index in sorted(parts)]


class Rest:
    """The endpoints; everything they know is in the shared state."""

    def __init__(self, state: State, messages: Messages) -> None:
        self.state = state
        self.messages = messages
        self.faults: list[Fault] = []

    def routes(self) -> list[web.RouteDef]:
        message, hook = "/channels/{channel}/messages/{message}", "/webhooks/{application}/{token}"
        table = [
            ("GET", "/users/@me", self.get_me),
            ("GET", "/gateway/bot", self.get_gateway),
            ("POST", "/users/@me/channels", self.open_direct_channel),
            ("GET", "/users/{user}", self.get_user),
            ("GET", "/oauth2/applications/@me", self.get_application),
            ("GET", "/applications/{application}/commands", self.get_commands),
            ("PUT", "/applications/{application}/commands", self.put_commands),
            ("GET", "/applications/{application}/guilds/{guild}/commands", self.get_commands),
            ("PUT", "/applications/{application}/guilds/{guild}/commands", self.put_commands),
            ("GET", "/guilds/{guild}/members/{user}", self.get_member),
            ("GET", "/channels/{channel}", self.get_channel),
            ("POST", "/channels/{channel}/typing", self.type_in_channel),
            ("GET", "/channels/{channel}/messages", self.messages.get_history),
            ("POST", "/channels/{channel}/messages", self.messages.post_message),
            ("GET", message, self.messages.get_message),
            ("PATCH", message, self.messages.patch_message),
            ("DELETE", message, self.messages.delete_message),
            ("POST", "/interactions/{interaction}/{token}/callback", self.messages.call_back),
            ("POST", hook, self.messages.follow_up),
            ("GET", hook + "/messages/{message}", self.messages.get_answer),
            ("PATCH", hook + "/messages/{message}", self.messages.patch_answer),
            ("DELETE", hook + "/messages/{message}", self.messages.delete_answer),
        ]
        routes = [web.route(method, PREFIX + path, partial(self._answer, run)) for method, path, run in table]
        routes.append(web.get("/attachments/{attachment}/{name}", self.get_attachment))
        return [*routes, web.route("*", "/{rest:.*}", partial(self._answer, None))]

    async def _answer(self, run: Callable | None, request: web.Request) -> web.Response:
        at = perf_counter()
        payload, files = await read_body(request)
        path = request.path.removeprefix(PREFIX)
        call = Request(request.method, path, dict(request.query), payload, files, at)
        self.state.requests.append(call)
        headers: dict[str, str] = {}
        status, body = 0, None
        try:
            fault = self._fault_for(call)
            if fault is None or fault.taken:
                status, body = await self._run(run, call, request)
            if fault is not None:
                status, body, headers = fault.status, fault.body, fault.headers
        except ApiError as error:
            status, body = error.status, error.body
        finally:
            if status == 0:
                self.state.unimplemented.append(f"{call.method} {path} broke the loopback itself")
        response = web.Response(status=status, headers=headers)
        if body is not None:
            # with a charset in the content type discord.py takes the body for text
            response.headers.setdefault("Content-Type", "application/json")
            response.body = json.dumps(body).encode()
        # a bot that just ended reads no answer
        with contextlib.suppress(ConnectionResetError):
            await response.prepare(request)
            await response.write_eof()
        # told only now: a test that goes on at once must not overtake the answer
        call.status = status
        if (asked := call.interaction) is not None:
            asked.over = asked.finished or asked.refusal is not None
        self.state.tell()
        return response

    def _fault_for(self, call: Request) -> Fault | None:
        for fault in self.faults:
            if matches(call, fault.method, fault.pattern):
                fault.left -= 1
                if fault.left == 0:
                    self.faults.remove(fault)
                return fault
        return None

    async def _run(self, run: Callable | None, call: Request, request: web.Request) -> Answer:
        if run is None:
            self.state.unimplemented.append(f"{call.method} {call.path}")
            raise ApiError(404, 0, "404: Not Found")
        by_token_in_path = call.path.startswith(("/interactions/", "/webhooks/"))
        if not by_token_in_path and request.headers.get("Authorization") != f"Bot {self.state.token}":
            raise ApiError(401, 0, "401: Unauthorized")
        return await run(call, **request.match_info)

    async def get_me(self, call: Request) -> Answer:
        return 200, BOT.user() | {"verified": True, "mfa_enabled": True, "locale": "en-US", "flags": 0}

    async def get_application(self, call: Request) -> Answer:
        return 200, {
            "id": APPLICATION_ID,
            "name": "Round Table",
            "description": "",
            "icon": None,
            "bot_public": False,
            "bot_require_code_grant": False,
            "owner": MODERATOR.user(),
            "team": None,
            "verify_key": "0" * 64,
            "flags": 0,
        }

    async def get_gateway(self, call: Request) -> Answer:
        limit = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
        return 200, {
            "url": self.state.gateway_url,
            "shards": self.state.shards,
            "session_start_limit": limit,
        }

    async def get_user(self, call: Request, user: str) -> Answer:
        if user not in self.state.people:
            raise ApiError(404, 10013, "Unknown User")
        return 200, self.state.people[user].user()

    async def get_member(self, call: Request, guild: str, user: str) -> Answer:
        if guild not in self.state.guilds or user not in self.state.people:
            raise ApiError(404, 10007, "Unknown Member")
        return 200, self.state.people[user].member()

    async def open_direct_channel(self, call: Request) -> Answer:
        person = self.state.people.get(str(call.payload["recipient_id"]))
        if person is None:
            raise ApiError(400, 50033, "Invalid Recipient(s)")
        return 200, self.state.open_direct_channel(person)

    async def get_channel(self, call: Request, channel: str) -> Answer:
        return 200, self.messages.channel(channel)

    async def type_in_channel(self, call: Request, channel: str) -> Answer:
        self.messages.channel(channel)
        return 204, None

    async def get_attachment(self, request: web.Request) -> web.Response:
        file = self.state.uploads.get(request.match_info["attachment"])
        return web.Response(status=404) if file is None else web.Response(body=file[1])

    async def get_commands(self, call: Request, application: str, guild: str | None = None) -> Answer:
        return 200, self.state.commands.get(guild, [])

    async def put_commands(self, call: Request, application: str, guild: str | None = None) -> Answer:
        known = {(old["type"], old["name"]): old["id"] for old in self.state.commands.get(guild, [])}
        stored = []
        for command in call.payload:
            command = {"type": 1, "description": "", "options": [], **command}
            command |= {"id": known.get((command["type"], command["name"])) or snowflake()}
            command |= {"application_id": application, "version": snowflake()}
            stored.append(command | ({} if guild is None else {"guild_id": guild}))
        self.state.commands[guild] = stored
        return 200, stored
