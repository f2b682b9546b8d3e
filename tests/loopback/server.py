"""A minimal Discord on 127.0.0.1: a real bot connects to it, and a test plays its people."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from aiohttp import web

from tests.loopback.asking import (
    BUTTON,
    LABEL,
    command_data,
    find_component,
    interaction_payload,
    submitted,
)
from tests.loopback.gateway import Gateway
from tests.loopback.messages import AUTOCOMPLETE, COMMAND, COMPONENT, SUBMIT, Messages
from tests.loopback.rest import Fault, Rest, matches
from tests.loopback.state import (
    ALICE,
    APPLICATION_ID,
    BOB,
    BOT,
    CHANNEL_IDS,
    EPHEMERAL,
    GUILD_ID,
    MANAGE_SERVER,
    MODERATOR,
    ORDINARY,
    SECOND_GUILD_ID,
    Interaction,
    Payload,
    Person,
    Reply,
    Request,
    State,
)
from tests.patience import PATIENCE

__all__ = [
    "ALICE",
    "APPLICATION_ID",
    "BOB",
    "BOT",
    "CHANNEL_IDS",
    "GOOD_TOKEN",
    "GUILD_ID",
    "MANAGE_SERVER",
    "MODERATOR",
    "ORDINARY",
    "SECOND_GUILD_ID",
    "LoopbackDiscord",
    "Person",
    "Reply",
    "Request",
]


GOOD_TOKEN = "good-token"


class LoopbackDiscord:
    """The server; leaving its `async with` fails if the bot called anything that is not modelled."""

    def __init__(self, *, token: str = GOOD_TOKEN, privileged: Sequence[str] = (), shards: int = 1) -> None:
        self._state = State(token, shards)
        self._gateway = Gateway(self._state, frozenset(privileged))
        self._rest = Rest(self._state, Messages(self._state, self._gateway.dispatch))
        self.app_permissions = ORDINARY
        self.requests = self._state.requests
        self.unimplemented = self._state.unimplemented
        self.identifies = self._gateway.identifies
        self.hasty = self._gateway.hasty
        self.resumes = self._gateway.resumes
        self.compressions = self._gateway.compressions

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=25 * 1024 * 1024)
        application.add_routes([web.get("/gateway", self._gateway.connect), *self._rest.routes()])
        # a bot may hold a request open while the test ends
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._state.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        await self._gateway.close()
        await self._runner.cleanup()
        if self.unimplemented:
            complaint = "The loopback Discord does not model: " + "; ".join(self.unimplemented)
            if error is None:
                raise AssertionError(complaint)
            error.add_note(complaint)

    @property
    def address(self) -> str:
        return self._state.address

    @property
    def commands(self) -> dict[str | None, list[Payload]]:
        """The synced commands by server id; None holds the global ones."""
        return self._state.commands

    @property
    def answer_within(self) -> float:
        """How many seconds a bot has for its first answer; 0 makes every answer late.

        Discord gives it three. Here there is no end unless one is set: how long an answer takes on a busy
        machine says nothing about the bot, and the benchmarks measure it.
        """
        return self._state.answer_within

    @answer_within.setter
    def answer_within(self, seconds: float) -> None:
        self._state.answer_within = seconds

    # -- the network ----------------------------------------------------------------------------------------

    def fail_next(
        self,
        method: str,
        path_pattern: str,
        status: int,
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        times: int = 1,
        taken: bool = False,
    ) -> None:
        """Answer the next matching requests with an error; with `taken` they take effect all the same."""
        if body is None:
            body = {"message": f"{status}: made to fail", "code": 0}
            if status == 429:
                body = {"message": "You are being rate limited.", "retry_after": 0.1, "global": False}
        if headers is None:
            # discord.py takes a 429 without Via for a ban and gives up
            headers = {"Via": "1.1 loopback", "X-RateLimit-Scope": "user"} if status == 429 else {}
        self._rest.faults.append(Fault(method, path_pattern, status, body, dict(headers), times, taken))

    def requests_to(self, method: str, path_pattern: str) -> list[Request]:
        """Give the answered requests that match, oldest first; the pattern is a glob without /api/v10."""
        return [
            call for call in self.requests if call.status is not None and matches(call, method, path_pattern)
        ]

    async def wait_for_request(
        self, method: str, path_pattern: str, *, count: int = 1, within: float = PATIENCE
    ) -> Request:
        """Wait until `count` matching requests were answered in all, and give the last of them."""
        found = await self._state.until(
            lambda: self.requests_to(method, path_pattern)[count - 1 : count],
            within,
            lambda: f"{len(self.requests_to(method, path_pattern))} of {count} {method} {path_pattern}",
        )
        return found[0]

    async def wait_ready(self, within: float = PATIENCE) -> None:
        """Wait until every shard of the bot is connected, and identified or resumed."""
        await self._state.until(lambda: self._gateway.is_ready, within, lambda: "the bot is not connected")

    async def wait_closed(self, within: float = PATIENCE) -> int | None:
        """Wait until the bot has left, and give the code it closed its last connection with."""
        return await self._gateway.wait_closed(within)

    async def drop(self, code: int = 4000, shard: int = 0) -> None:
        """Close a shard's connection as Discord does when something went wrong."""
        await self._gateway.drop(code, shard)

    def hold_back(self) -> None:
        """Let nobody resume until `let_in`."""
        self._gateway.lets_in.clear()

    def let_in(self) -> None:
        self._gateway.lets_in.set()

    async def ask_to_reconnect(self) -> None:
        """Send op 7."""
        await self._gateway.ask_to_reconnect()

    async def invalidate_session(self, *, resumable: bool) -> None:
        """Send op 9."""
        await self._gateway.invalidate(resumable=resumable)

    # -- the people -----------------------------------------------------------------------------------------

    async def command(
        self,
        name: str,
        *,
        member: Person = ALICE,
        channel: str = "general",
        options: Mapping[str, Any] | None = None,
        dm: bool = False,
        brought_along: bool = False,
        within: float = PATIENCE,
    ) -> Reply:
        """Use a slash command and wait for the bot's full answer."""
        data = command_data(self._state, name, options or {}, dm=dm)
        place = self._place(channel, member, dm=dm)
        asked = Interaction(COMMAND, member, place, brought_along=brought_along)
        return await self._ask(asked, data, f"/{name}", within)

    async def autocomplete(
        self,
        name: str,
        option: str,
        value: Any,
        *,
        member: Person = ALICE,
        channel: str = "general",
        options: Mapping[str, Any] | None = None,
        dm: bool = False,
        within: float = PATIENCE,
    ) -> list[Payload]:
        """Type `value` into an option and give the choices (name, value) that the bot offers."""
        values = {**(options or {}), option: value}
        data = command_data(self._state, name, values, dm=dm, focused=option)
        asked = Interaction(AUTOCOMPLETE, member, self._place(channel, member, dm=dm))
        await self._ask(asked, data, f"the choices of /{name} {option}", within)
        return asked.choices or []

    async def click(
        self,
        reply: Reply,
        *,
        custom_id: str | None = None,
        label: str | None = None,
        values: Sequence[str] = (),
        member: Person | None = None,
        within: float = PATIENCE,
    ) -> Reply:
        """Press a button, or choose `values` in a select menu, of a message."""
        # discord.py knows the buttons of a message only after it has read the answer to its request
        await self._gateway.settle(reply.channel.get("guild_id"))
        message = self._state.messages.get(reply.message_id)
        assert message is not None, "the message is gone"
        person = member or reply.person
        assert person == reply.person or not reply.ephemeral, f"{person.name} cannot see that message"
        component = find_component(message, custom_id, label)
        data = {
            "custom_id": component["custom_id"],
            "component_type": component["type"],
            "id": component["id"],
        }
        if component["type"] != BUTTON:
            data["values"] = list(values)
        asked = Interaction(COMPONENT, person, reply.channel, message)
        return await self._ask(asked, data, f"a click on {label or custom_id!r}", within)

    async def submit(
        self,
        shown: Reply,
        values: Mapping[str, Any],
        *,
        under: Reply | None = None,
        within: float = PATIENCE,
    ) -> Reply:
        """Submit the form that an answer opened: by its fields a text, a picked value or several, a tick.

        under: the message whose button opened it.
        """
        assert shown.modal is not None, "that answer opened no form"
        components = [
            {"type": LABEL, "id": place, "component": submitted(label["component"], values)}
            for place, label in enumerate(shown.modal["components"], 1)
            if label["type"] == LABEL
        ]
        data = {"custom_id": shown.modal["custom_id"], "components": components}
        message = None if under is None else self._state.messages[under.message_id]
        asked = Interaction(SUBMIT, shown.person, shown.channel, message)
        return await self._ask(asked, data, f"the form {shown.modal['title']!r}", within)

    def posts(self, channel: str = "general") -> list[Reply]:
        """Give what everybody can see of the bot in a channel, oldest first; each can be clicked."""
        place = self._state.channel_named(channel)
        return [
            Reply(message, self._state.files_of(message), place, ALICE)
            for message in self._state.messages.values()
            if message["channel_id"] == place["id"] and not message["flags"] & EPHEMERAL
        ]

    def direct_messages(self, member: Person) -> list[Reply]:
        return self.posts(self._state.open_direct_channel(member)["id"])

    def _place(self, channel: str, member: Person, *, dm: bool) -> Payload:
        if dm:
            return self._state.open_direct_channel(member)
        return self._state.channel_named(channel)

    async def _ask(self, asked: Interaction, data: Payload, what: str, within: float) -> Reply:
        assert self._gateway.sessions, "no bot has identified yet (await wait_ready first)"
        self._state.people[asked.person.id] = asked.person
        self._state.interactions[asked.id] = asked
        payload = interaction_payload(asked, data, self.app_permissions)
        asked.start()
        await self._gateway.dispatch("INTERACTION_CREATE", payload)
        await self._state.until(lambda: asked.over, within, lambda: f"{what}: {asked.progress()}")
        assert asked.refusal is None, f"{what}: {asked.refusal}"
        message = asked.answer or {}
        return Reply(
            message,
            self._state.files_of(message),
            asked.channel,
            asked.person,
            asked.response_type,
            asked.first_response_after,
            asked.finished_after,
            asked.modal,
            asked.deleted,
        )
