"""Where a proposal is shown: a forum post with tags, or a message with a thread, kept up to date."""

from dataclasses import dataclass
from typing import Any

import discord

from ui.card import Message
from ui.text import caption

MOST_TAGS, MOST_APPLIED = 20, 5  # Discord's limits of a forum and of a post

# Discord can't just now; what it refuses for good is another matter
RATE_LIMITED, SERVER_ERRORS = 429, 500

Room = discord.TextChannel | discord.ForumChannel | discord.Thread


@dataclass(frozen=True)
class Place:
    """A card's message and where it is: `thread` is the discussion, None where none could be opened."""

    channel: int
    thread: int | None
    message: int

    @property
    def message_in_thread(self) -> bool:
        """Whether the card stands in the thread: it does where it was typed in one."""
        # a thread that was opened from a message has the message's id
        return self.thread is not None and self.thread != self.message


@dataclass(frozen=True)
class Post:
    """What is shown, and by which tags it is found."""

    name: str  # of the thread, as it is: no Markdown is rendered there; "" leaves its name and tags
    shown: Message
    tags: tuple[str, ...]


def passes(error: Exception) -> bool:
    """Whether an error of Discord or of the way there passes by itself: tried again, it may be gone."""
    if isinstance(error, discord.HTTPException):
        return error.status == RATE_LIMITED or error.status >= SERVER_ERRORS
    return isinstance(error, discord.RateLimited | OSError | TimeoutError)


async def post_in(room: Room, post: Post) -> tuple[Place, tuple[str, ...]]:
    """Show it in a forum or channel. Returns its place, and a sentence for each thing that was not possible.

    Raises ValueError where the bot may not post there at all, and an error that `passes` as it comes.
    """
    me = room.guild.me
    may = room.permissions_for(me)
    name = caption(post.name, 100)
    if not (may.view_channel and may.embed_links and may.attach_files):
        raise ValueError(f"I may not post cards in #{room.name}. Ask a moderator to type /setup check.")
    try:
        if isinstance(room, discord.ForumChannel):
            tags, notices = await _tags(room, post.tags)
            opened = await room.create_thread(
                name=name, applied_tags=tags, view=post.shown.view, files=post.shown.files
            )
            return Place(room.id, opened.thread.id, opened.message.id), notices
        message = await room.send(view=post.shown.view, files=post.shown.files)
    except discord.HTTPException as error:
        if passes(error):
            raise
        raise ValueError(f"I can't post in #{room.name}. Ask a moderator to type /setup check.") from None
    if isinstance(room, discord.Thread):
        return Place(room.parent_id, room.id, message.id), ()
    try:
        thread = await message.create_thread(name=name)
    except discord.HTTPException:
        return Place(room.id, None, message.id), ("I may not open threads there, so it has none.",)
    return Place(room.id, thread.id, message.id), ()


async def update(guild: discord.Guild, place: Place, post: Post) -> tuple[str, ...] | None:
    """Bring a card up to date; None where its channel, thread or message is gone.

    An archived thread is opened first: nothing in it could be edited. Returns sentences as post_in does, and
    raises as it does.
    """
    try:
        room: Any = guild.get_channel_or_thread(place.channel) or await guild.fetch_channel(place.channel)
        thread: Any = None
        if place.thread is not None:
            thread = guild.get_thread(place.thread) or await guild.fetch_channel(place.thread)
            if thread.archived:
                await thread.edit(archived=False)
        in_forum = isinstance(room, discord.ForumChannel)
        notices: tuple[str, ...] = ()
        # the card stands in the post of a forum, and in the channel beside its thread elsewhere
        holder = thread if in_forum or place.message_in_thread else room
        message: Any = await holder.fetch_message(place.message)
        # what was posted as embeds becomes components
        await message.edit(content=None, embeds=[], view=post.shown.view, attachments=post.shown.files)
        if thread is not None and post.name and thread.name != caption(post.name, 100):
            await thread.edit(name=caption(post.name, 100))
        if in_forum and thread is not None and post.name:
            tags, notices = await _tags(room, post.tags)
            ours = {tag.name for tag in tags}
            others = [tag for tag in thread.applied_tags if tag.name not in OWN_TAGS and tag.name not in ours]
            applied = (tags + others)[:MOST_APPLIED]
            if {tag.id for tag in applied} != {tag.id for tag in thread.applied_tags}:
                await thread.edit(applied_tags=applied)
    except discord.NotFound:
        return None
    except discord.HTTPException as error:
        if passes(error):
            raise
        raise ValueError(
            "I can't edit the card where it was posted; ask a moderator to type /setup check."
        ) from None
    return notices


OWN_TAGS = frozenset(
    {
        *("idea", "discussion", "last call", "vote", "result", "response", "review"),
        *("closed", "withdrawn", "superseded", "stale", "hidden"),
        *("Classic", "Signals", "Crypto"),
        *("payout", "stake cap", "meta-model weights", "eligibility", "communication", "other"),
    }
)


async def _tags(
    forum: discord.ForumChannel, names: tuple[str, ...]
) -> tuple[list[discord.ForumTag], tuple[str, ...]]:
    """The forum's tags of these names, made where they are missing and there is room and permission."""
    there = {tag.name: tag for tag in forum.available_tags}
    missing = [name for name in names if name not in there]
    notices: tuple[str, ...] = ()
    if missing:
        room = MOST_TAGS - len(there)
        if len(missing) > room:
            notices = (f"The forum has no room for the tags {', '.join(missing[room:])}.",)
        new = [discord.ForumTag(name=name) for name in missing[:room]]
        if new:
            try:
                changed = await forum.edit(available_tags=[*forum.available_tags, *new])
                # what the gateway will tell of it may come later
                there = {tag.name: tag for tag in (changed or forum).available_tags}
            except discord.HTTPException:
                notices = ("I may not make tags in that forum, so the post has none of mine.",)
    return [there[name] for name in names if name in there and there[name].id][:MOST_APPLIED], notices
