"""How members propose in the offline server, and a clock that tests move."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from features.proposals.view import ProposalView, proposal_view
from storage.database import fetch_all
from storage.proposals.events import events_of
from storage.server.settings import change_settings
from tests.offline import Server, parts_of, posted, said, text_of

FORM = {
    "title": "Say it eight weeks ahead",
    "problem": "Rules change within days.",
    "change": "A change takes effect eight weeks after its text is published.",
    "parameters": "notice: 8 weeks",
}
REST = {
    "evidence": "It happened in October.",
    "alternatives": "Notice in proportion to the change.",
    "drawbacks": "Eight weeks are long in an emergency.",
    "wrong_if": "A loss that the notice caused.",
}
# nothing is missing before the last call
READY = FORM | {
    "parameters": "notice: 8 weeks\nphase-in: none, because it holds or not\nfallback: the old terms\n"
    "review: 2099-01-01\ncompensation: none, because nobody loses"
}
PAYOUT = FORM | {"title": "Pay half as much more", "parameters": "rule: 1.5xCORR + 2xTC\nnotice: 8 weeks"}
# the least that a file must say
LEAST = {"title": "t", "tournament": "classic", "kind": "other", "problem": "p", "change": "c"}
MODEL = "model_07585"


@dataclass
class Clock:
    """A present that stands still until a test moves it."""

    moment: datetime = datetime(2031, 5, 4, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)


async def without_limits(server: Server, **more: Any) -> None:
    await change_settings(
        server.database, server.guild.id, server.bot.now(), cooldown_hours=0, open_cap=50, **more
    )


async def draft(
    server: Server, member: Any, *, channel: Any = None, kind: str = "communication", **typed: Any
) -> Any:
    """The draft that a member sees after the first form."""
    shown, form = await typing(server, member, channel=channel, kind=kind)
    await member.submit_modal(form, FORM | typed)
    return shown


async def typing(server: Server, member: Any, *, channel: Any = None, **options: Any) -> tuple[Any, Any]:
    """What a member is shown who begins a proposal, and the form in which all of it can be typed."""
    shown = said(await member.slash(channel or server.channel, "proposal new", **options))
    label = "Type it all" if "Type it all" in labels_of(shown) else "Edit the text"
    return shown, await member.click(shown.message, label=label)


async def file(
    server: Server, member: Any, *, kind: str = "communication", channel: Any = None, **typed: Any
) -> Any:
    """What a member is told who fills in the first form and files it."""
    shown = await draft(server, member, kind=kind, channel=channel, **typed)
    return said(await member.click(shown.message, label="File it"))


async def ask(server: Server, member: Any, command: str, **options: Any) -> Any:
    return said(await member.slash(server.channel, f"proposal {command}", **options))


async def view_of(server: Server, number: int = 1) -> ProposalView:
    return await proposal_view(server.database, server.guild.id, number, server.bot.now())


async def rows(server: Server, columns: str, table: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await fetch_all(server.database, f"SELECT {columns} FROM {table}")]


async def deny(server: Server, room: Any, **permissions: bool) -> None:
    """Take permissions from the bot in a channel."""
    _, denied = discord.PermissionOverwrite(**permissions).pair()
    me = Overwrite(
        target_id=server.env.backend.bot_user.id, type=OverwriteType.MEMBER, allow=0, deny=denied.value
    )
    server.env.backend.edit_channel(room.id, {}, overwrites=[me])
    await server.env.settle()


def card_in(room: Any) -> Any:
    """The newest message with a card in a channel, thread or post."""
    return posted(room)[-1]


def labels_of(reply: Any) -> list[str]:
    """What the buttons under a reply say."""
    return [part["label"] for part in parts_of(reply) if part["type"] == discord.ComponentType.button.value]


async def whole_text(member: Any, room: Any, number: int = 1, what: str = "whole text") -> str:
    """Every page of a proposal, turned with its buttons."""
    shown = said(await member.slash(room, "proposal show", number=number, what=what))
    pages = [text_of(shown)]
    while "Next" in labels_of(shown):
        await member.click(shown.message, label="Next")
        pages.append(text_of(shown))
    return "\n".join(pages)


def tags_of(server: Server, post: Any) -> set[str]:
    """The names of the tags on a forum's post."""
    backend = server.env.backend
    channel = backend.get_channel(post.id)
    names = {tag["id"]: tag["name"] for tag in backend.get_channel(channel.parent_id).available_tags}
    return {names[str(tag)] for tag in channel.applied_tags}


async def events(server: Server, number: int = 1) -> list[tuple[str, str, int | None]]:
    """What happened to a proposal: kind, detail, and the member who did it."""
    found = await events_of(server.database, server.guild.id, number)
    return [(each.kind, each.detail, each.actor) for each in found]


async def use(server: Server, room: Any) -> Any:
    """Proposals are shown in that channel from now on."""
    await change_settings(server.database, server.guild.id, server.bot.now(), proposal_channel=room.id)
    return room


async def forum_of(server: Server, *tags: str) -> Any:
    """A new forum for proposals, with tags of its own."""
    forum = server.guild.create_forum_channel("proposals")
    made = [{"id": str(700 + number), "name": name, "emoji_name": None} for number, name in enumerate(tags)]
    server.env.backend.edit_channel(forum.id, {"available_tags": made})
    await server.env.settle()
    return await use(server, forum)


async def place(server: Server, number: int = 1) -> tuple[int | None, int | None, int | None]:
    """Where a proposal is shown: channel, thread, message."""
    stored = (await view_of(server, number)).stored
    return stored.channel, stored.thread, stored.message
