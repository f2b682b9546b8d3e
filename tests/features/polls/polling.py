"""How members vote in the offline server, and how tests bring a poll to its close."""

import json
from typing import Any

from features.polls.view import PollView, poll_view
from tests.features.proposals.proposing import Clock, card_in
from tests.offline import Server, said

OPTIONS = "Keep it\nCut TC\nPay MMC"
KEEP, CUT, PAY = OPTIONS.splitlines()


def at_once(server: Server) -> None:
    """Public cards are edited as soon as somebody votes: nothing waits in a test."""
    clock_of(server).cards.every = 0.0


def clock_of(server: Server) -> Any:
    """The running clock; its class is of a module that was loaded for this bot alone."""
    return server.bot.cogs["Clock"]


def people(server: Server, count: int) -> list[Any]:
    return [server.guild.add_member(server.env.create_user(f"voter{n}")) for n in range(count)]


async def form(server: Server, member: Any, method: str = "single", **options: Any) -> Any:
    asked = options.pop("channel", server.channel)
    return await member.slash(asked, "poll new", method=method, **options)


async def start(server: Server, member: Any, method: str = "single", **options: Any) -> Any:
    """Open a poll, which must be possible, and give its public card."""
    typed = {"title": f"What now? ({method})", "description": ""}
    if method != "gradient":
        typed["options"] = options.pop("typed", "0 to 1 step 0.05" if method == "numeric" else OPTIONS)
    room = options.get("channel", server.channel)
    told = said(await member.submit_modal(await form(server, member, method, **options), typed))
    assert told.content.endswith(" is open."), told.content
    return card_in(room)


async def vote(server: Server, member: Any, card: Any, method: str, choice: Any) -> Any:
    """Press Vote and fill in whatever comes; the final answer."""
    shown = await member.click(card, label="Vote")
    if method in ("score", "dots", "numeric"):
        return said(await member.submit_modal(shown, {"text": choice}))
    message = said(shown).message
    if method == "gradient":
        return said(await member.click(message, custom_id=f"ballot:{choice}"))
    if method.startswith("ranked"):
        for place in choice:
            await member.select(message, [str(place)], custom_id="ballot:next")
        return said(await member.click(message, label="Cast this ranking"))
    return said(await member.select(message, [str(place) for place in choice]))


async def ask(server: Server, member: Any, command: str, **options: Any) -> Any:
    return said(await member.slash(server.channel, f"poll {command}", **options))


async def look(server: Server) -> None:
    """What the bot does every minute."""
    await clock_of(server).tick()
    await server.env.settle()


async def close(server: Server, now: Clock, number: int = 1) -> PollView:
    """Move the clock to the close and over an extension, and let the bot look each time."""
    for _ in range(2):
        view = await poll_of(server, number)
        if view.poll.state == "open":
            now.moment = max(now.moment, view.poll.closes_at)
            await look(server)
    return await poll_of(server, number)


async def poll_of(server: Server, number: int = 1) -> PollView:
    return await poll_view(server.database, server.guild.id, number)


async def exported(server: Server, member: Any, number: int = 1) -> tuple[dict[str, Any], bytes, str]:
    told = await ask(server, member, "export", number=number)
    content = await told.attachments[0].read()
    return json.loads(content), content, told.content


def receipt_in(reply: Any) -> str:
    return next(field.value for field in reply.embeds[0].fields if field.name == "Receipt")
