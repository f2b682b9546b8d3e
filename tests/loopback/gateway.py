"""The websocket side of the loopback Discord: sessions, heartbeats, dispatched events, resuming."""

import asyncio
import contextlib
import json
import zlib
from typing import Any

from aiohttp import WSMsgType, web

from tests.loopback.state import APPLICATION_ID, BOT, GUILD_ID, Payload, State, snowflake
from tests.patience import PATIENCE

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT = 0, 1, 2, 3, 6, 7
REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 8, 9, 10, 11

GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 0, 1 << 9, 1 << 12
PRIVILEGED = {"members": 1 << 1, "presences": 1 << 8, "message_content": 1 << 15}


class Connection:
    """One websocket of the bot, compressed as a whole if it asked for that."""

    def __init__(self, socket: web.WebSocketResponse, *, compressed: bool) -> None:
        self.socket = socket
        self.beats = 0
        self._compressor = zlib.compressobj() if compressed else None
        # two tasks that send at once must not mix up the order of the compressed bytes
        self._turn = asyncio.Lock()

    async def send(self, op: int, data: Any = None) -> None:
        await self.send_text(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    async def send_text(self, text: str) -> None:
        # a connection that just went away is no error: events are kept for the resume
        async with self._turn:
            with contextlib.suppress(ConnectionResetError):
                if self._compressor is None:
                    await self.socket.send_str(text)
                    return
                squeezed = self._compressor.compress(text.encode()) + self._compressor.flush(
                    zlib.Z_SYNC_FLUSH
                )
                await self.socket.send_bytes(squeezed)


class Gateway:
    """One bot's session, which outlives its connections."""

    def __init__(self, state: State, privileged: frozenset[str]) -> None:
        self.state = state
        self.identifies: list[Payload] = []
        self.resumes: list[Payload] = []
        self.compressions: list[str | None] = []
        self.closings: list[int | None] = []
        self.live: Connection | None = None  # set once READY or RESUMED was sent
        self._forbidden = sum(bit for name, bit in PRIVILEGED.items() if name not in privileged)
        self._intents = 0
        self._session: str | None = None
        self._sequence = 0
        self._sent: list[tuple[int, str]] = []
        self._open: set[Connection] = set()

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(timeout=PATIENCE)
        await socket.prepare(request)
        self.compressions.append(request.query.get("compress"))
        connection = Connection(socket, compressed=self.compressions[-1] == "zlib-stream")
        self._open.add(connection)
        try:
            await connection.send(HELLO, {"heartbeat_interval": 41_250})
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    received = json.loads(message.data)
                    await self._receive(connection, received["op"], received["d"])
        finally:
            self._open.discard(connection)
            self.closings.append(socket.close_code)
            if self.live is connection:
                self.live = None
            self.state.tell()
        return socket

    async def _receive(self, connection: Connection, op: int, data: Any) -> None:
        if op == HEARTBEAT:
            connection.beats += 1
            await connection.send(HEARTBEAT_ACK)
            self.state.tell()
        elif op == IDENTIFY:
            await self._identify(connection, data)
        elif op == RESUME:
            await self._resume(connection, data)
        elif op == REQUEST_MEMBERS:
            await self._send_members(data)
        elif op != PRESENCE:
            self.state.unimplemented.append(f"gateway op {op}")

    async def _identify(self, connection: Connection, data: Payload) -> None:
        self.identifies.append(data)
        if data["token"] != self.state.token:
            await connection.socket.close(code=4004, message=b"Authentication failed.")
            return
        if data["intents"] & self._forbidden:
            await connection.socket.close(code=4014, message=b"Disallowed intent(s).")
            return
        self._intents = data["intents"]
        self._session, self._sequence, self._sent = snowflake(), 0, []
        self.live = connection
        ready = {
            "v": 10,
            "user": BOT.user(),
            "guilds": [{"id": GUILD_ID, "unavailable": True}],
            "session_id": self._session,
            "resume_gateway_url": self.state.address.replace("http", "ws", 1) + "/gateway",
            "application": {"id": APPLICATION_ID, "flags": 0},
        }
        await self.dispatch("READY", ready | ({"shard": data["shard"]} if "shard" in data else {}))
        if self._intents & GUILDS:
            members = [person.member() for person in self.state.people.values()]
            channels = [channel for channel in self.state.channels.values() if "guild_id" in channel]
            details = {"members": members, "channels": channels, "member_count": len(members)}
            details |= {"threads": [], "presences": [], "voice_states": [], "stage_instances": []}
            details |= {"guild_scheduled_events": [], "soundboard_sounds": []}
            details |= {"joined_at": "2024-01-01T00:00:00+00:00", "large": False, "unavailable": False}
            await self.dispatch("GUILD_CREATE", self.state.guild() | details)
        self.state.tell()

    async def _resume(self, connection: Connection, data: Payload) -> None:
        self.resumes.append(data)
        if data["session_id"] != self._session or data["token"] != self.state.token:
            await connection.send(INVALID_SESSION, data=False)
            return
        # the list may grow while the missed events are sent: those are then part of what was missed
        for sequence, text in self._sent:
            if sequence > data["seq"]:
                await connection.send_text(text)
        self.live = connection
        await self.dispatch("RESUMED", {})
        self.state.tell()

    async def _send_members(self, data: Payload) -> None:
        wanted = data.get("user_ids")
        people = [
            person
            for person in self.state.people.values()
            if (
                person.id in map(str, wanted) if wanted is not None else person.name.startswith(data["query"])
            )
        ]
        chunk = {
            "guild_id": GUILD_ID,
            "members": [person.member() for person in people[: data["limit"] or None]],
            "chunk_index": 0,
            "chunk_count": 1,
        }
        await self.dispatch(
            "GUILD_MEMBERS_CHUNK", chunk | ({"nonce": data["nonce"]} if "nonce" in data else {})
        )

    @property
    def has_session(self) -> bool:
        return self._session is not None

    async def dispatch(self, event: str, data: Payload) -> None:
        """Send an event, or keep it for the resume when no connection is live."""
        if self._session is None:
            return
        if event.startswith("MESSAGE_"):
            wish = GUILD_MESSAGES if "guild_id" in data else DIRECT_MESSAGES
            if not self._intents & wish:
                return
        self._sequence += 1
        text = json.dumps({"op": DISPATCH, "d": data, "s": self._sequence, "t": event})
        self._sent.append((self._sequence, text))
        if self.live is not None:
            await self.live.send_text(text)

    async def settle(self) -> None:
        """Let the bot catch up: it answers a heartbeat only after what was sent to it before."""
        connection = self.live
        if connection is not None:
            beats = connection.beats
            await connection.send(HEARTBEAT)
            await self.state.until(
                lambda: connection.beats > beats or self.live is not connection,
                PATIENCE,
                lambda: "the bot answers no heartbeat",
            )

    async def wait_closed(self, within: float) -> int | None:
        await self.state.until(lambda: not self._open, within, lambda: "the bot is still connected")
        return self.closings[-1]

    def _take_live(self) -> Connection:
        assert self.live is not None, "no bot is connected (await wait_ready first)"
        connection, self.live = self.live, None
        return connection

    async def drop(self, code: int) -> None:
        await self._take_live().socket.close(code=code)

    async def ask_to_reconnect(self) -> None:
        await self._take_live().send(RECONNECT)

    async def invalidate(self, *, resumable: bool) -> None:
        connection = self._take_live()
        if not resumable:
            self._session = None
        await connection.send(INVALID_SESSION, resumable)

    async def close(self) -> None:
        for connection in list(self._open):
            await connection.socket.close(code=1001)
