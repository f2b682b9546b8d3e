"""Several connections to Discord at once, one for each part of the servers, and what each of them tells."""

import logging

import discord

TOO_FEW = (4010, 4011)  # how Discord ends a connection that has more servers than it may have
log = logging.getLogger("roundtable.shards")


class Shards(discord.AutoShardedClient):
    """One bot over several connections: discord.py opens them five seconds apart, and each resumes alone."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self._before: dict[int, list[discord.Guild]] = {}  # servers of a shard as its connection broke

    async def on_shard_ready(self, shard_id: int) -> None:
        """Say how many servers one of them has."""
        _tell("shard ready", shard_id, guilds=sum(guild.shard_id == shard_id for guild in self.guilds))

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Say so; nothing was missed."""
        self._before.pop(shard_id, None)
        _tell("shard resumed", shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Say so; the others go on."""
        self._before[shard_id] = [guild for guild in self.guilds if guild.shard_id == shard_id]
        _tell("shard disconnected", shard_id)

    async def on_shard_connect(self, shard_id: int) -> None:
        """Drop the servers that removed the bot while it was away: a new session does not name them.

        With one connection discord.py forgets all servers before it takes the new list; with several it only
        adds to them, and every server of the list is an object of its own.
        """
        for guild in self._before.pop(shard_id, ()):
            if self.get_guild(guild.id) is guild:
                self._connection._remove_guild(guild)


def _tell(message: str, shard_id: int, **fields: int) -> None:
    log.info(message, extra={"fields": {"shard": shard_id, **fields}})
