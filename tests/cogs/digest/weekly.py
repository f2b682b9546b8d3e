"""How a summary is scheduled and falls due in the offline server, and where it is found then."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.features.polls.polling import look
from tests.features.polls.polls import opened
from tests.features.proposals.proposing import Clock, rows
from tests.offline import Server, said, text_of

ZONE = "Europe/Berlin"
DUE = datetime(2031, 5, 5, 16, tzinfo=UTC)  # Monday, 18:00 in Berlin; the clock starts on the day before
# of a card, and of the embed that it used to be
MARK = r"(?m)^(-# The week of .* 20[0-9]{2}|Week 20..-W..) · advisory, not binding on Numerai$"
POSTS = "key, keys, posted_at IS NOT NULL, given_up, channel, message"


async def schedule(server: Server, **options: Any) -> Any:
    typed = {"weekday": "Monday", "hour": 18, "channel": server.channel, "zone": ZONE} | options
    return said(await server.moderator.slash(server.channel, "digest schedule", **typed))


async def do_due(server: Server) -> None:
    await look(server)


def summaries(room: Any) -> list[Any]:
    """The weekly summaries in a channel, by their marks."""
    return [message for message in room.history() if re.search(MARK, text_of(message) + footers(message))]


def footers(message: Any) -> str:
    """What stood in the footers of the embeds that summaries used to be."""
    return "".join(f"\n{card.footer.text}" for card in message.embeds)


async def posts(server: Server) -> list[tuple[Any, ...]]:
    return await rows(server, POSTS, "digest_posts ORDER BY guild_id, key")


async def something_happens(server: Server, now: Clock) -> None:
    await opened(server.database, guild_id=server.guild.id, now=now(), opens_at=now(), title="Tea?",
                 closes_at=now() + timedelta(days=3))  # fmt: skip
