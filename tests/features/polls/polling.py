"""How members vote in the offline server, and how tests bring a poll to its close."""

import json
from typing import Any

import discord

from features.polls.ballot_text import STEP_WORDS
from features.polls.view import PollView, poll_view
from tests.features.proposals.proposing import Clock, card_in
from tests.offline import Server, custom_id, parts_of, said, text_of

OPTIONS = "Keep it\nCut TC\nPay MMC"
KEEP, CUT, PAY = OPTIONS.splitlines()


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
    options.setdefault("least", 2)  # most tests have three members
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
    if method.startswith("ranked"):
        reply = said(shown)
        if pressable(reply, "again"):  # an earlier ballot
            await member.click(reply.message, custom_id=custom_id(reply, "rank-again"))
        for place in choice:
            await member.select(reply.message, [str(place)], custom_id=custom_id(reply, "rank-next"))
        return said(await member.click(reply.message, custom_id=custom_id(reply, "rank-cast")))
    return said(await member.submit_modal(shown, filled(method, choice)))


def pressable(reply: Any, verb: str) -> bool:
    """Whether a button under a ranking can be pressed."""
    [button] = [part for part in parts_of(reply) if f":rank-{verb}:" in part.get("custom_id", "")]
    return not button.get("disabled")


def filled(method: str, choice: Any) -> dict[str, Any]:
    """What is put into the form of a ballot; options by their places."""
    if method in ("score", "dots", "numeric"):
        return {"text": choice}
    if method == "gradient":
        return {"choice": str(list(STEP_WORDS).index(choice))}
    places = [str(place) for place in choice]
    if not places:
        return {"abstain": True}
    return {"choice": places if method == "approval" or len(places) > 1 else places[0]}


async def details(member: Any, card: Any) -> list[tuple[str, int]]:
    """Every page behind a poll's card: what can be read on it, and how many pictures it has."""
    shown = said(await member.click(card, label="Details"))
    pages = [(text_of(shown), len(shown.attachments))]
    menus = [part for part in parts_of(shown) if part.get("custom_id", "").startswith("poll:page:")]
    for menu in menus:
        for option in menu["options"][1:]:
            turned = (await member.select(shown, [option["value"]], custom_id=menu["custom_id"])).response
            pages.append((text_of(turned), len(turned.attachments)))
    return pages


async def told_behind(member: Any, card: Any) -> str:
    """What can be read on the pages behind a poll's card."""
    return "\n".join(text for text, _ in await details(member, card))


async def ask(server: Server, member: Any, command: str, **options: Any) -> Any:
    return said(await member.slash(server.channel, f"poll {command}", **options))


async def look(server: Server) -> None:
    """What the bot does every minute."""
    await clock_of(server).tick()
    await server.env.settle()


async def next_mark(server: Server, now: Clock) -> None:
    """Let the time come at which everybody learns how many voted."""
    now.move(minutes=10)
    await look(server)


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


def labels(shown: Any) -> list[str]:
    """The labels of the buttons under a card."""
    button = discord.ComponentType.button.value
    return [part["label"] for part in parts_of(shown) if part["type"] == button]


def receipt_in(reply: Any) -> str:
    """The receipt on a member's own ballot."""
    return text_of(reply).split("```")[1]
