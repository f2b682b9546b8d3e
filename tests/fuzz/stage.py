"""Two servers, their people and the bot, and interactions as Discord sends them and as it does not."""

import logging
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import discord
from simcord import InteractionResult, interactions
from simcord.backend import serializers
from simcord.backend.models import Message

from bot import Roundtable, Settings, create_bot
from storage.server.settings import change_settings
from tests.features.proposals.proposing import Clock
from tests.offline import OfflineDiscord
from tournament.sample import SampleSource

COMMAND, COMPONENT, COMPLETE, FORM = 2, 3, 4, 5  # kinds of interactions


class Heard(logging.Handler):
    """What the log told that no member may cause: errors, and warnings with a traceback."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR or record.exc_info:
            self.said.append(logging.Formatter().format(record))

    @classmethod
    @contextmanager
    def listening(cls) -> Iterator["Heard"]:
        """What is told until the block ends."""
        heard = cls()
        logging.getLogger().addHandler(heard)
        try:
            yield heard
        finally:
            logging.getLogger().removeHandler(heard)


@dataclass
class Stage:
    """The offline Discord with everybody in it."""

    env: OfflineDiscord
    now: Clock
    heard: Heard
    settings: Settings
    source: SampleSource
    people: dict[str, Any]
    rooms: dict[str, Any]
    roles: dict[str, Any]
    faults: list[str] = field(default_factory=list)

    @property
    def bot(self) -> Roundtable:
        assert isinstance(self.env.bot, Roundtable)
        return self.env.bot

    @property
    def commands(self) -> dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]]:
        """name -> (the command as Discord knows it, its innermost part, the names on the way there)."""
        return {
            " ".join(path): (root, leaf, path[1:])
            for (_, kind), root in self.env.backend.commands[None].items()
            if kind == 1
            for path, leaf in interactions.command_leaves(root)
        }

    def room_of(self, name: str) -> Any:
        """The channel in which somebody types."""
        return self.rooms[{"dora": "elsewhere", "dina": "direct"}.get(name, "talk")]

    def handle(self, kind: int, value: str) -> Any:
        """The member, channel or role that a value names."""
        return {6: self.people, 7: self.rooms, 8: self.roles}[kind][value]

    def message(self, number: int) -> Message | None:
        """A message that is still there."""
        for kept in self.env.backend.messages.values():
            if number in kept:
                return kept[number]
        return None

    def shown_to(self, message: Message, name: str) -> bool:
        """Whether somebody of that server could have it on their screen (private ones: of anybody)."""
        channel = self.env.backend.channels.get(message.channel_id)
        return channel is not None and channel.guild_id == self._guild_id(name)

    def _guild_id(self, name: str) -> int | None:
        guild = getattr(self.people[name], "guild", None)
        return None if guild is None else guild.id

    async def send(
        self, name: str, kind: int, data: dict[str, Any], source: Message | None = None, times: int = 1,
        *, echo: bool = False,
    ) -> list[InteractionResult]:  # fmt: skip
        """Interactions as Discord sends them, together; echo: one that arrives so many times."""
        backend, records = self.env.backend, []
        channel_id = self.room_of(name).id if source is None else source.channel_id
        for turn in range(times):
            if turn == 0 or not echo:
                record, payload = interactions.base_payload(
                    backend, type=kind, channel_id=channel_id, guild_id=self._guild_id(name),
                    user_id=self.people[name].id, data=data,
                )  # fmt: skip
                if source is not None:
                    payload["message"] = dict(serializers.message_payload(backend, source))
                    record.source_message_id = source.id
                records.append(record)
            backend.emit("INTERACTION_CREATE", payload)
        await self.env.settle()
        return [InteractionResult(self.env, record) for record in records]

    async def tick(self) -> None:
        """What the bot does every minute."""
        clock: Any = self.bot.cogs["Clock"]
        await clock.tick()
        await self.env.settle()

    async def restart(self) -> None:
        """The bot stopped and started again."""
        await self.bot.close()
        await self.env.restart_bot(create_bot(self.settings, source=self.source, now=self.now))

    def forget_the_past(self) -> None:
        """Let this Discord drop what it keeps for tests alone: every request and event."""
        self.env.backend.transcript.clear()
        self.env.backend.http_requests.clear()


@asynccontextmanager
async def staged(source: SampleSource) -> AsyncIterator[Stage]:
    """The bot over a new database, in a server of members, a moderator and one who is blocked."""
    now = Clock()
    with Heard.listening() as heard, tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_env(
            {"DATABASE_PATH": f"{folder}/fuzz.sqlite3", "DATA_SOURCE": "sample", "BACKUP_DAYS": "0"}
        )
        env = OfflineDiscord(create_bot(settings, source=source, now=now))
        await env.start()
        try:
            stage = _furnished(env, now, heard, settings, source)
            await change_settings(
                stage.bot.tools.database, stage.people["ben"].guild.id, now(), cooldown_hours=0, open_cap=50
            )
            await stage.people["mona"].slash(
                stage.rooms["talk"], "setup block", member=stage.people["rex"], reason="Rants"
            )
            yield stage
        finally:
            await env.shutdown()
            await env.bot.close()


def _furnished(
    env: OfflineDiscord, now: Clock, heard: Heard, settings: Settings, source: SampleSource
) -> Stage:
    guild, other = env.create_guild("Round table"), env.create_guild("Elsewhere")
    moderators = guild.create_role("Moderators", permissions=discord.Permissions(manage_guild=True))
    dina = env.create_user("dina")
    people = {name: guild.add_member(env.create_user(name)) for name in ("ben", "chloe", "rex")}
    people["mona"] = guild.add_member(env.create_user("mona"), roles=[moderators])
    people["dora"] = other.add_member(env.create_user("dora"))
    people["dina"] = dina
    rooms = {name: guild.create_text_channel(name) for name in ("talk", "proposals", "news")}
    rooms["forum"] = guild.create_forum_channel("forum")
    rooms["elsewhere"] = other.create_text_channel("elsewhere")
    rooms["direct"] = dina.dm_channel
    roles = {"moderators": moderators, "team": guild.create_role("Team")}
    return Stage(env, now, heard, settings, source, people, rooms, roles)
