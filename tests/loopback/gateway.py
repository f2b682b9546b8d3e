"""The websocket side of the loopback Discord: sessions, heartbeats, dispatched events, resuming."""

import asyncio
import contextlib
import json
import math
import time
import zlib
from typing import Any

from aiohttp import WSMsgType, web

from tests.loopback.state import APPLICATION_ID, BOT, Payload, State, snowflake
from tests.patience import PATIENCE

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT = 0, 1, 2, 3, 6, 7
REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 8, 9, 10, 11

GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 0, 1 << 9, 1 << 12
BETWEEN_SESSIONS = 4.5  # seconds; Discord says five, and a busy machine may read the first one late
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


class Session:
    """One shard's session, which outlives its connections."""

    def __init__(self, intents: int) -> None:
        self.key = snowflake()
        self.live: Connection | None = None  # set while READY or RESUMED was sent on it
        self.sent: list[tuple[int, str]] = []
        self._intents = intents

    async def dispatch(self, event: str, data: Payload) -> None:
        """Send an event, or keep it for the resume when no connection is live."""
        if event.startswith("MESSAGE_"):
            wish = GUILD_MESSAGES if "guild_id" in data else DIRECT_MESSAGES
            if not self._intents & wish:
                return
        sequence = len(self.sent) + 1
        text = json.dumps({"op": DISPATCH, "d": data, "s": sequence, "t": event})
        self.sent.append((sequence, text))
        if self.live is not None:
            await self.live.send_text(text)


class Gateway:
    """One bot's sessions, one a shard."""

    def __init__(self, state: State, privileged: frozenset[str]) -> None:
        self.state = state
        self.identifies: list[Payload] = []
        self.hasty: list[int] = []  # shards that identified too soon after another
        self.resumes: list[Payload] = []
        self.compressions: list[str | None] = []
        self.closings: list[int | None] = []
        self.sessions: dict[int, Session] = {}
        self.lets_in = asyncio.Event()  # who wants to resume waits for it
        self.lets_in.set()
        self._forbidden = sum(bit for name, bit in PRIVILEGED.items() if name not in privileged)
        self._identified_at = -math.inf
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
            for session in self.sessions.values():
                if session.live is connection:
                    session.live = None
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
        shard, count = data.get("shard", (0, 1))
        refused = self._refusal(data, count)
        if refused is not None:
            await connection.socket.close(code=refused[0], message=refused[1])
            return
        if self.state.shards > 1:
            last, self._identified_at = self._identified_at, time.monotonic()
            if self._identified_at - last < BETWEEN_SESSIONS:
                self.hasty.append(shard)
                await connection.send(INVALID_SESSION, data=False)
                return
        session = self.sessions[shard] = Session(data["intents"])
        session.live = connection
        guilds = [guild_id for guild_id in self.state.guilds if self.state.shard_of(guild_id) == shard]
        ready = {
            "v": 10,
            "user": BOT.user(),
            "guilds": [{"id": guild_id, "unavailable": True} for guild_id in guilds],
            "session_id": session.key,
            "resume_gateway_url": self.state.gateway_url,
            "application": {"id": APPLICATION_ID, "flags": 0},
        }
        await session.dispatch("READY", ready | ({"shard": data["shard"]} if "shard" in data else {}))
        if data["intents"] & GUILDS:
            for guild_id in guilds:
                await session.dispatch("GUILD_CREATE", self._whole(guild_id))
        self.state.tell()

    def _refusal(self, data: Payload, count: int) -> tuple[int, bytes] | None:
        if data["token"] != self.state.token:
            return 4004, b"Authentication failed."
        if data["intents"] & self._forbidden:
            return 4014, b"Disallowed intent(s)."
        if count < self.state.shards:
            return 4011, b"Sharding required."
        return None

    def _whole(self, guild_id: str) -> Payload:
        members = [person.member() for person in self.state.people.values()]
        channels = [
            channel for channel in self.state.channels.values() if channel.get("guild_id") == guild_id
        ]
        details = {"members": members, "channels": channels, "member_count": len(members)}
        details |= {"threads": [], "presences": [], "voice_states": [], "stage_instances": []}
        details |= {"guild_scheduled_events": [], "soundboard_sounds": []}
        details |= {"joined_at": "2024-01-01T00:00:00+00:00", "large": False, "unavailable": False}
        return self.state.guild(guild_id) | details

    async def _resume(self, connection: Connection, data: Payload) -> None:
        await self.lets_in.wait()
        self.resumes.append(data)
        session = next((each for each in self.sessions.values() if each.key == data["session_id"]), None)
        if session is None or data["token"] != self.state.token:
            await connection.send(INVALID_SESSION, data=False)
            return
        # the list may grow while the missed events are sent: those are then part of what was missed
        for sequence, text in session.sent:
            if sequence > data["seq"]:
                await connection.send_text(text)
        session.live = connection
        await session.dispatch("RESUMED", {})
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
            "guild_id": str(data["guild_id"]),
            "members": [person.member() for person in people[: data["limit"] or None]],
            "chunk_index": 0,
            "chunk_count": 1,
        }
        await self.dispatch(
            "GUILD_MEMBERS_CHUNK", chunk | ({"nonce": data["nonce"]} if "nonce" in data else {})
        )

    @property
    def is_ready(self) -> bool:
        """Whether every shard is connected, and identified or resumed."""
        live = [session.live for session in self.sessions.values()]
        return len(live) >= self.state.shards and all(live)

    async def dispatch(self, event: str, data: Payload) -> None:
        """Send an event to the shard whose server it is of."""
        session = self.sessions.get(self.state.shard_of(data.get("guild_id")))
        if session is not None:
            await session.dispatch(event, data)

    async def settle(self, guild_id: str | None) -> None:
        """Let the bot catch up: it answers a heartbeat only after what was sent to it before."""
        session = self.sessions[self.state.shard_of(guild_id)]
        connection = session.live
        if connection is not None:
            beats = connection.beats
            await connection.send(HEARTBEAT)
            await self.state.until(
                lambda: connection.beats > beats or session.live is not connection,
                PATIENCE,
                lambda: "the bot answers no heartbeat",
            )

    async def wait_closed(self, within: float) -> int | None:
        await self.state.until(lambda: not self._open, within, lambda: "the bot is still connected")
        return self.closings[-1]

    def _take_live(self, shard: int) -> Connection:
        session = self.sessions.get(shard)
        assert session is not None, "no bot is connected (await wait_ready first)"
        assert session.live is not None, "no bot is connected (await wait_ready first)"
        connection, session.live = session.live, None
        return connection

    async def drop(self, code: int, shard: int) -> None:
        await self._take_live(shard).socket.close(code=code)

    async def ask_to_reconnect(self) -> None:
        await self._take_live(0).send(RECONNECT)

    async def invalidate(self, *, resumable: bool) -> None:
        connection = self._take_live(0)
        if not resumable:
            del self.sessions[0]
        await connection.send(INVALID_SESSION, resumable)

    async def close(self) -> None:
        for connection in list(self._open):
            await connection.socket.close(code=1001)
