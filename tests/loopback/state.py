"""What the loopback Discord knows: its people, its servers, and what was asked of it."""

import asyncio
import copy
import itertools
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

DISCORD_EPOCH_MS = 1_420_070_400_000
APPLICATION_ID = "310000000000000001"
GUILD_ID = "310000000000000002"
SECOND_GUILD_ID = "310000000004194306"  # of the other one of two shards
CHANNEL_IDS = {"general": "310000000000000003", "council": "310000000000000004"}
SECOND_CHANNEL_IDS = {"elsewhere": "310000000004194307"}

# what an ordinary member may do: see, write, embed, attach, read back, react, use commands
ORDINARY = 1 << 10 | 1 << 11 | 1 << 14 | 1 << 15 | 1 << 16 | 1 << 6 | 1 << 31
MANAGE_SERVER = 1 << 5

EPHEMERAL = 1 << 6
LOADING = 1 << 7

File = tuple[str, bytes, str | None]  # name, content, alt text
Payload = dict[str, Any]
Found = TypeVar("Found")

_increment = itertools.count()


def snowflake() -> str:
    """Give a new id; the time is in it, because clients work out from it when a token ends."""
    return str((time.time_ns() // 1_000_000 - DISCORD_EPOCH_MS << 22) | next(_increment) & 0x3FFFFF)


def now() -> str:
    return datetime.now(UTC).isoformat()


@dataclass(frozen=True)
class Person:
    """Somebody on the server; `dataclasses.replace(ALICE, permissions=...)` gives her other rights."""

    name: str
    id: str = field(default_factory=snowflake)
    permissions: int = ORDINARY
    locale: str = "en-US"
    bot: bool = False

    def user(self) -> Payload:
        return {
            "id": self.id,
            "username": self.name,
            "global_name": self.name.title(),
            "discriminator": "0",
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }

    def member(self) -> Payload:
        return {
            "user": self.user(),
            "nick": None,
            "avatar": None,
            "roles": [],
            "joined_at": "2024-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
            "communication_disabled_until": None,
        }

    def direct_channel(self) -> Payload:
        return {
            "id": str(int(self.id) ^ 1 << 21),
            "type": 1,
            "last_message_id": None,
            "flags": 0,
            "recipients": [self.user()],
        }


BOT = Person("roundtable", "310000000000000001", bot=True)
ALICE = Person("alice", "310000000000000100")
BOB = Person("bob", "310000000000000200")
MODERATOR = Person("mona", "310000000000000300", permissions=ORDINARY | MANAGE_SERVER)


def text_channel(name: str, channel_id: str, guild_id: str) -> Payload:
    return {
        "id": channel_id,
        "guild_id": guild_id,
        "type": 0,
        "name": name,
        "position": int(channel_id) % 8,
        "permission_overwrites": [],
        "parent_id": None,
        "topic": None,
        "nsfw": False,
        "rate_limit_per_user": 0,
        "last_message_id": None,
        "flags": 0,
    }


@dataclass
class Interaction:
    """One thing a person did, and how far the bot's answer to it has come."""

    kind: int
    person: Person
    channel: Payload
    message: Payload | None = None
    brought_along: bool = False  # by the person, into a server that has not invited the bot
    id: str = field(default_factory=snowflake)
    sent_at: float = math.nan
    response_type: int | None = None
    first_response_after: float = math.nan
    finished_after: float = math.nan
    refusal: str | None = None
    original: str | None = None
    waiting: bool = False  # a deferred answer that was not filled in yet
    answer: Payload | None = None
    choices: list[Payload] | None = None
    modal: Payload | None = None
    deleted: bool = False
    over: bool = False

    @property
    def token(self) -> str:
        return f"token-of-{self.id}"

    @property
    def finished(self) -> bool:
        return not math.isnan(self.finished_after)

    def start(self) -> None:
        self.sent_at = time.perf_counter()

    def progress(self) -> str:
        if self.response_type is None:
            return "no answer at all"
        return f"only a first answer (type {self.response_type}) after {self.first_response_after:.2f} s"

    def finish(self, answer: Payload | None = None) -> None:
        if not self.finished:
            self.answer = copy.deepcopy(answer)
            self.finished_after = time.perf_counter() - self.sent_at


@dataclass
class Request:
    """One request of the bot; `status` is what it was answered with."""

    method: str
    path: str
    query: dict[str, str]
    payload: Any
    files: list[File]
    at: float
    status: int | None = None
    interaction: Interaction | None = None  # the one it answers


@dataclass(frozen=True)
class Reply:
    """What a person sees of a message of the bot, and how long it took (seconds)."""

    message: Payload
    files: list[File]
    channel: Payload
    person: Person
    response_type: int | None = None
    first_response_after: float = math.nan
    finished_after: float = math.nan
    modal: Payload | None = None
    deleted: bool = False

    @property
    def message_id(self) -> str:
        return self.message.get("id", "")

    @property
    def ephemeral(self) -> bool:
        return bool(self.message.get("flags", 0) & EPHEMERAL)

    @property
    def content(self) -> str:
        return self.message.get("content", "")

    @property
    def embeds(self) -> list[Payload]:
        return self.message.get("embeds", [])

    @property
    def components(self) -> list[Payload]:
        return self.message.get("components", [])


class State:
    """Everything the web side and the gateway side share."""

    def __init__(self, token: str, shards: int) -> None:
        self.token = token
        self.shards = shards
        # (name, channels) of a server; the second is there for a second shard alone
        self.guilds = {GUILD_ID: ("Round Table", CHANNEL_IDS)}
        if shards > 1:
            self.guilds[SECOND_GUILD_ID] = ("Second Table", SECOND_CHANNEL_IDS)
        self.address = ""
        self.answer_within = math.inf
        self.people = {person.id: person for person in (BOT, ALICE, BOB, MODERATOR)}
        self.channels = {
            channel_id: text_channel(name, channel_id, guild_id)
            for guild_id, (_, channels) in self.guilds.items()
            for name, channel_id in channels.items()
        }
        self.commands: dict[str | None, list[Payload]] = {}
        self.messages: dict[str, Payload] = {}
        self.nonces: dict[tuple[str, str], Payload] = {}  # what was posted, by channel and nonce
        self.uploads: dict[str, File] = {}
        self.interactions: dict[str, Interaction] = {}
        self.requests: list[Request] = []
        self.unimplemented: list[str] = []
        self._news = asyncio.Event()

    @property
    def gateway_url(self) -> str:
        return self.address.replace("http", "ws", 1) + "/gateway"

    def shard_of(self, guild_id: str | None) -> int:
        """Which shard a server belongs to; what belongs to none comes to the first."""
        return (int(guild_id or 0) >> 22) % self.shards

    def channel_named(self, name: str) -> Payload:
        """A channel by its name, or by its id."""
        known = {name: each for _, channels in self.guilds.values() for name, each in channels.items()}
        return self.channels[known.get(name, name)]

    def guild(self, guild_id: str) -> Payload:
        everyone = {"id": guild_id, "name": "@everyone", "permissions": str(ORDINARY), "position": 0}
        everyone |= {
            "color": 0,
            "colors": {},
            "hoist": False,
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }
        return {
            "id": guild_id,
            "name": self.guilds[guild_id][0],
            "owner_id": MODERATOR.id,
            "icon": None,
            "roles": [everyone],
            "emojis": [],
            "stickers": [],
            "features": [],
            "preferred_locale": "en-US",
            "verification_level": 1,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "premium_tier": 0,
            "afk_timeout": 300,
            "system_channel_flags": 0,
        }

    def open_direct_channel(self, person: Person) -> Payload:
        channel = person.direct_channel()
        self.people[person.id] = person
        return self.channels.setdefault(channel["id"], channel)

    def files_of(self, message: Payload) -> list[File]:
        return [self.uploads[attachment["id"]] for attachment in message.get("attachments", [])]

    def upload(self, file: File) -> Payload:
        """Keep a file and describe it as an attachment that can be fetched."""
        name, content, description = file
        number = snowflake()
        self.uploads[number] = file
        url = f"{self.address}/attachments/{number}/{name}"
        attachment = {"id": number, "filename": name, "size": len(content), "url": url, "proxy_url": url}
        return attachment | ({} if description is None else {"description": description})

    def tell(self) -> None:
        """Wake everybody who waits for something to change."""
        self._news.set()
        self._news = asyncio.Event()

    async def until(self, condition: Callable[[], Found], within: float, what: Callable[[], str]) -> Found:
        try:
            async with asyncio.timeout(within):
                while not (found := condition()):
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{what()} (waited {within:g} s)") from None
        return found
