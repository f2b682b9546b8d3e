"""Where cards are shown: a forum post with tags, or a message with a thread, who is told if nowhere."""

import hashlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

import discord

from storage.database import Database
from storage.server.settings import settings_of
from storage.server.troubles import claim_trouble, setter_of, untold_trouble
from ui.card import Message
from ui.text import caption, plain
from wording.numbers import listed

log = logging.getLogger("roundtable.posting")

NOWHERE = "No channel is set where it could be shown."
MOST_TAGS, MOST_APPLIED = 20, 5  # Discord's limits of a forum and of a post

# Discord can't just now; what it refuses for good is another matter
GONE, RATE_LIMITED, SERVER_ERRORS = 404, 429, 500

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
    nonce: str  # nonce_of what is shown, its state, and the message in whose place it comes
    thread: bool = True  # whether a message in a channel gets one


class CardRefusedError(ValueError):
    """Discord does not take a card, and trying again would hardly help; the sentence says why."""

    def __init__(self, sentence: str, *, known: bool = True, gone: bool = False) -> None:
        """known: whether Discord's code for it never passes by itself; gone: whether the place is."""
        super().__init__(sentence)
        self.known, self.gone = known, gone


# what Discord refuses for good, by its code
REASONS: Mapping[int, str] = MappingProxyType(
    {
        10003: "the channel or thread is gone",
        10004: "the server is gone",
        10008: "the message is gone",
        30033: "the thread has as many members as it may have",
        40005: "the picture is too large for this server",
        40067: "a post there needs a tag, and I have none for it",
        50001: "I can't see it",
        50008: "it is no place for messages",
        50013: "I may not do that there",
        50024: "it is no place for messages",
        50035: "Discord does not take the card as it is",
        50083: "its thread is archived, and I may not open it",
        160005: "its thread is locked",
        160006: "the server has as many open threads as Discord allows",
        160007: "the server has as many open announcement threads as Discord allows",
        200000: "the server's AutoMod stops it",
        200001: "the server's AutoMod stops it",
    }
)
# what passes by itself, though the status is another's
BUSY = frozenset({40006, 130000})


def nonce_of(*what: object) -> str:
    """A name of a message by what it is, by which Discord knows one it has taken though it answered an error.

    For some minutes it posts no second one of a name, and gives the first.
    """
    return hashlib.sha256(repr(what).encode()).hexdigest()[:24]


def passes(error: Exception) -> bool:
    """Whether an error of Discord or of the way there passes by itself: tried again, it may be gone."""
    if isinstance(error, discord.HTTPException):
        return error.status == RATE_LIMITED or error.status >= SERVER_ERRORS or error.code in BUSY
    return isinstance(error, discord.RateLimited | OSError | TimeoutError)


def why(error: discord.HTTPException) -> str:
    """Why Discord refused something, as the end of a sentence."""
    return REASONS.get(error.code, f"Discord refused it with its code {error.code}")


def refused(error: discord.HTTPException, what: str) -> CardRefusedError:
    """The refusal in a sentence; what passes by itself is raised as it is instead."""
    if passes(error):
        raise error
    return CardRefusedError(f"{what}: {why(error)}.", known=error.code in REASONS, gone=error.status == GONE)


async def fallback_rooms(db: Database, guild_id: int) -> tuple[int | None, ...]:
    """Where is shown what can't be where it belongs: with the announcements, else with the proposals."""
    settings = await settings_of(db, guild_id)
    return settings.announce_channel, settings.proposal_channel


async def room_in(guild: discord.Guild, room_id: int) -> Room:
    """A channel or thread that takes cards. Raises CardRefusedError with what keeps it from that."""
    room: Any = guild.get_channel_or_thread(room_id)
    if room is None:  # archived threads are not told of
        try:
            room = await guild.fetch_channel(room_id)
        except discord.HTTPException as error:
            raise refused(error, "I can't post where it belongs") from None
        except discord.InvalidData:
            raise CardRefusedError("I can't post where it belongs: I can't see it.") from None
    if not isinstance(room, discord.TextChannel | discord.ForumChannel | discord.Thread):
        raise CardRefusedError(f"I can't post in #{room.name}: it is no place for messages.")
    may = room.permissions_for(guild.me)
    in_thread = isinstance(room, discord.Thread)
    needed = {
        "View Channel": may.view_channel,
        "Send Messages": may.send_messages_in_threads if in_thread else may.send_messages,
        "Embed Links": may.embed_links,
        "Attach Files": may.attach_files,
    }
    if lacking := [name for name, there in needed.items() if not there]:
        raise CardRefusedError(f"I may not post cards in #{room.name}: I lack {listed(lacking)}.")
    if isinstance(room, discord.Thread):
        if room.locked and not may.manage_threads:
            raise CardRefusedError(f"I can't post in #{room.name}: its thread is locked.")
        if room.archived:
            try:
                room = await room.edit(archived=False)
            except discord.HTTPException as error:
                raise refused(error, f"I can't post in #{room.name}") from None
    return room


async def post_somewhere(
    guild: discord.Guild, rooms: Iterable[int | None], post: Post
) -> tuple[Place, tuple[str, ...]]:
    """Show it in the first of these rooms that takes it. Returns its place, and sentences as post_in does.

    Raises CardRefusedError with what keeps each from it, and an error that `passes` as it comes.
    """
    kept_from: list[CardRefusedError] = []
    for room_id in dict.fromkeys(filter(None, rooms)):
        try:
            room = await room_in(guild, room_id)
            place, notices = await post_in(room, post)
        except CardRefusedError as error:
            kept_from.append(error)
            continue
        elsewhere = (f"It is shown in <#{room.id}>.", *(plain(str(error)) for error in kept_from))
        return place, (*(elsewhere if kept_from else ()), *notices)
    told = " ".join(dict.fromkeys(map(str, kept_from))) or NOWHERE
    known, gone = (all(getattr(error, each) for error in kept_from) for each in ("known", "gone"))
    raise CardRefusedError(told, known=known, gone=gone)


async def post_in(room: Room, post: Post) -> tuple[Place, tuple[str, ...]]:
    """Show it in a forum or channel. Returns its place, and a sentence for each thing that was not possible.

    Raises CardRefusedError where Discord does not take it, and an error that `passes` as it comes.
    """
    name = caption(post.name, 100)
    try:
        if isinstance(room, discord.ForumChannel):
            tags, notices = await _tags(room, post.tags)
            opened = await room.create_thread(
                name=name, applied_tags=tags, view=post.shown.view, files=post.shown.files
            )
            return Place(room.id, opened.thread.id, opened.message.id), notices
        message = await room.send(view=post.shown.view, files=post.shown.files, nonce=post.nonce)
    except discord.HTTPException as error:
        for file in post.shown.files:
            file.reset()  # to be sent elsewhere
        raise refused(error, f"I can't post in #{room.name}") from None
    if isinstance(room, discord.Thread):
        return Place(room.parent_id, room.id, message.id), ()
    if not post.thread:
        return Place(room.id, None, message.id), ()
    try:
        thread = await message.create_thread(name=name)
    except discord.HTTPException as error:
        told = f"It has no thread: {why(error)}."
        return Place(room.id, None, message.id), (told if not passes(error) else "It has no thread yet.",)
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
        raise refused(error, "I can't edit the card where it was posted") from None
    except discord.InvalidData:
        raise CardRefusedError("I can't edit the card where it was posted: I can't see it.") from None
    return notices


async def tell_setter(db: Database, guild: discord.Guild, about: str, sentence: str, now: datetime) -> bool:
    """Write to whoever changed the server's settings last, else to its owner; once a week about each thing.

    sentence: Markdown, made safe before. Returns whether somebody knows. What passes is tried again when it
    is told the next time.
    """
    if not await claim_trouble(db, guild.id, about, now):
        return True
    for member_id in dict.fromkeys(filter(None, (await setter_of(db, guild.id), guild.owner_id))):
        try:
            member = await guild.fetch_member(member_id)
            await member.send(sentence, nonce=nonce_of(guild.id, about, now.date()))
        except (discord.HTTPException, discord.RateLimited, OSError) as error:
            if passes(error):
                break
            continue  # who left, or takes no direct messages
        return True
    log.warning("nobody could be told", extra={"fields": {"guild": guild.id, "about": about}})
    await untold_trouble(db, guild.id, about)
    return False


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
