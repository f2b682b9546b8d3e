"""The offline server that command tests type in, and how they read what the bot answers."""

from dataclasses import dataclass
from typing import Any

import simcord

from bot import Roundtable


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
