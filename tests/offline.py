"""The offline server that command tests type in, and how they read what the bot answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import discord
import simcord

from bot import Roundtable
from demo.offline import OfflineDiscord as OfflineDiscord


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
    for embed in reply.embeds:
        parts += [
            embed.author.name or "",
            embed.title or "",
            embed.description or "",
            embed.footer.text or "",
        ]
        parts += [f"{field.name}\n{field.value}" for field in embed.fields]
    return "\n".join(parts)


def check_limits(reply: Any) -> None:
    """Within what Discord takes, all cards of the message together."""
    total = 0
    assert len(reply.embeds) <= 10
    for card in reply.embeds:
        told = card.to_dict()
        texts = [
            (told["title"], 256),
            (told.get("description", ""), 4096),
            (told.get("footer", {}).get("text", ""), 2048),
            (told.get("author", {}).get("name", ""), 256),
        ]
        assert len(card.fields) <= 25
        for field in card.fields:
            texts += [(field.name, 256), (field.value, 1024)]
            assert field.name.strip()
            assert field.value.strip(), field.name
        for text, most in texts:
            assert len(text) <= most, f"{len(text)} characters, {most} at most: {text[:80]}"
            assert "nan" not in text.split(), text
        total += sum(len(text) for text, _ in texts)
    assert 0 < total <= 6000
    for chart in reply.attachments:
        assert 0 < len(chart.description) <= 1024


async def check_charts(reply: Any, count: int) -> None:
    """Within Discord's limits, with so many charts that its cards show."""
    check_limits(reply)
    assert len(reply.attachments) == count
    assert sum(card.image.url is not None for card in reply.embeds) == count
    for chart in reply.attachments:
        assert (await chart.read()).startswith(b"\x89PNG")
