"""The offline server that command tests type in, and how they read what the bot answers."""

import hashlib
import pickle
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import discord
import simcord
from discord.ext import commands

from bot import Roundtable
from demo.offline import OfflineDiscord as OfflineDiscord
from storage.database import fetch_all
from ui.drawing import DrawingThread, Drawn

TEXT = discord.ComponentType.text_display.value
DRAWN: dict[bytes, Any] = {}  # by what was drawn, and how


class DrawnBefore(DrawingThread):
    """Draws a picture once in this process: of the same result the same function makes the same one."""

    async def run(self, function: Callable[..., Drawn], *arguments: object) -> Drawn:
        try:
            key = hashlib.sha256(pickle.dumps((function, arguments))).digest()
        except (pickle.PicklingError, TypeError, AttributeError):  # a function in a test, say
            return await super().run(function, *arguments)
        if key not in DRAWN:
            DRAWN[key] = await super().run(function, *arguments)
        return DRAWN[key]


@dataclass
class Synced:
    """What a Discord holds of the commands once a bot sent them, and what that bot's database says of it."""

    commands: Any = None
    row: tuple[Any, ...] = ()


SYNCED = Synced()  # by the first bot of this process; others find that nothing changed, as at most starts


@asynccontextmanager
async def at_work(bot: commands.Bot) -> AsyncIterator[simcord.Env]:
    """The bot in an offline Discord of its own, and it or whichever took its place closed at the end."""
    assert isinstance(bot, Roundtable)
    env = OfflineDiscord(bot)
    file = bot.settings.database_path
    if SYNCED.row and file.exists():
        env.backend.commands[None] = dict(SYNCED.commands)
        with sqlite3.connect(file) as database:
            database.execute("INSERT OR IGNORE INTO command_syncs VALUES (?, ?, ?)", SYNCED.row)
        database.close()
    await env.start()
    if not SYNCED.row:
        SYNCED.commands = dict(env.backend.commands[None])
        [row] = await fetch_all(bot.tools.database, "SELECT * FROM command_syncs")
        SYNCED.row = tuple(row)
    try:
        yield env
    finally:
        await env.shutdown()
        await env.bot.close()


@dataclass
class Server:
    """A server with a member, a moderator, one who may only read in one channel, and the bot in it."""

    env: simcord.Env
    guild: Any
    channel: Any
    read_only: Any
    ben: Any
    moderator: Any

    @property
    def bot(self) -> Roundtable:
        assert isinstance(self.env.bot, Roundtable)
        return self.env.bot

    @property
    def database(self) -> Any:
        return self.bot.tools.database


def furnished(env: simcord.Env) -> Server:
    """A new server of that environment, with its channels and people."""
    guild = env.create_guild("Round table")
    moderators = guild.create_role("Moderators", permissions=discord.Permissions(manage_guild=True))
    silent = {guild.default_role: discord.PermissionOverwrite(send_messages=False)}
    return Server(
        env=env,
        guild=guild,
        channel=guild.create_text_channel("payout-talk"),
        read_only=guild.create_text_channel("read-only", overwrites=silent),
        ben=guild.add_member(env.create_user("ben", global_name="Ben")),
        moderator=guild.add_member(env.create_user("mona"), roles=[moderators]),
    )


@asynccontextmanager
async def traced(server: Server) -> AsyncIterator[list[str]]:
    """Every statement that SQLite runs in the meantime, BEGIN and COMMIT included."""
    statements: list[str] = []
    await server.database.connection.set_trace_callback(statements.append)
    yield statements
    await server.database.connection.set_trace_callback(None)


def said(result: Any) -> Any:
    """The final answer to an interaction, which must be private."""
    reply = result.followups[0] if result.followups else result.response
    assert reply is not None, "the bot did not answer"
    assert reply.ephemeral, "an answer must be private"
    return reply


def text_of(reply: Any) -> str:
    """Everything that can be read in a reply."""
    parts = [reply.content or ""]
    parts += [part["content"] for part in parts_of(reply) if part["type"] == TEXT]
    return "\n".join(parts).replace("\N{NO-BREAK SPACE}", " ")


def parts_of(reply: Any) -> list[dict[str, Any]]:
    """Every component of a reply, nested ones too, as Discord got them."""
    found: list[dict[str, Any]] = []
    waiting = list(reply.components)
    while waiting:
        part = waiting.pop(0)
        if not isinstance(part, dict):
            part = part.to_dict()
        found.append(part)
        waiting[:0] = [*part.get("components", ()), *filter(None, [part.get("accessory")])]
    return found


def posted(channel: Any) -> list[Any]:
    """The messages with cards that everybody in a channel can see."""
    return [message for message in channel.history() if message.flags.components_v2]


def custom_id(reply: Any, ending: str) -> str:
    """The id of the item under a reply whose id names this verb, like "share" or "menu-rounds"."""
    [found] = [
        part["custom_id"] for part in parts_of(reply) if part.get("custom_id", "").split(":")[1:2] == [ending]
    ]
    return found


async def all_told(member: Any, reply: Any) -> str:
    """Everything that can be read in an answer and on every page behind it."""
    parts = [text_of(reply)]
    if not any(part.get("custom_id", "").split(":")[1:2] == ["details"] for part in parts_of(reply)):
        return parts[0]
    behind = said(await member.click(getattr(reply, "message", reply), custom_id=custom_id(reply, "details")))
    parts.append(text_of(behind))
    pages = [part for part in parts_of(behind) if ":menu-page:" in part.get("custom_id", "")]
    for option in pages[0]["options"][1:] if pages else ():
        await member.select(behind.message, [option["value"]], custom_id=pages[0]["custom_id"])
        parts.append(text_of(behind.message))
    return "\n".join(parts)


def titles(reply: Any) -> list[str]:
    """The headings of a reply's cards."""
    lines = text_of(reply).split("\n")
    return [line.removeprefix("### ") for line in lines if line.startswith("### ")]
