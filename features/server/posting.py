"""Tries what the bot has to do in a channel, instead of believing what its permissions say."""

from typing import Any

import discord

from features.server.setup_card import Trial
from storage.server.settings import GuildSettings
from ui.posting import passes, why
from wording.numbers import listed

NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
TEXT = "A trial of /setup check, gone in a moment."


async def try_settings(
    guild: discord.Guild, settings: GuildSettings, summaries: int | None = None, given_up: str = ""
) -> list[tuple[str, list[Trial]]]:
    """Try every channel that the settings name, and look for every role.

    summaries: the channel of the weekly summary; given_up: why the newest one was not posted there.
    """
    tried: list[tuple[str, list[Trial]]] = []
    named = {
        "Proposals": (settings.proposal_channel, "in the menu, or with /setup channels"),
        "Announcements": (settings.announce_channel, "in the menu, or with /setup channels"),
        "Summaries": (summaries, "with /digest schedule"),
    }
    for channel_id in dict.fromkeys(channel for channel, _ in named.values() if channel is not None):
        uses = {use: mend for use, (channel, mend) in named.items() if channel == channel_id}
        what, channel = listed(list(uses)), guild.get_channel(channel_id)
        if channel is None:
            gone = f"it is gone, or I can't see it; pick another {listed(list(dict.fromkeys(uses.values())))}"
            trials = [Trial("the channel", gone)]
        else:
            what, trials = f"{what} in #{channel.name}", await try_channel(channel)
        if "Summaries" in uses and given_up:
            trials.append(Trial("the newest summary", f"it was not posted: {given_up}"))
        tried.append((what, trials))
    for what, role_id in (("Moderators", settings.moderator_role), ("The team", settings.team_role)):
        if role_id is not None and guild.get_role(role_id) is None:
            gone = "it is gone; pick another in the menu, or with /setup roles"
            tried.append((what, [Trial("the role", gone)]))
    return tried or [("Channels", [Trial("none are set", "")])]


async def try_channel(channel: Any) -> list[Trial]:
    """Post a message, open a thread or a post in it, make tags where it is a forum, and clean up."""
    may = channel.permissions_for(channel.guild.me)
    lacking = [name for permission, name in NEEDED.items() if not getattr(may, permission)]
    trials = [Trial("permissions", _are_missing(lacking))]
    if isinstance(channel, discord.ForumChannel):
        return [*trials, *await _try_forum(channel, may)]
    try:
        message = await channel.send(TEXT, silent=True)
    except discord.HTTPException as error:
        return [*trials, Trial("posting", _why(error))]
    trials.append(Trial("posting", ""))
    try:
        thread = await message.create_thread(name="A trial", auto_archive_duration=60)
        trials.append(Trial("opening a thread", ""))
        await thread.delete()
    except discord.HTTPException as error:
        missing = "Create Public Threads is missing" if not may.create_public_threads else _why(error)
        # a thread can't always be deleted, and one that was opened is what counts
        if trials[-1].what != "opening a thread":
            trials.append(Trial("opening a thread", missing))
    try:
        await message.delete()
    except discord.HTTPException as error:
        trials.append(Trial("removing the trial message", _why(error)))
    return trials


async def _try_forum(forum: discord.ForumChannel, may: discord.Permissions) -> list[Trial]:
    trials = [
        Trial(
            "making tags",
            "" if may.manage_channels else "Manage Channels is missing; posts go on without my tags",
        ),
        Trial(
            "reopening old posts",
            "" if may.manage_threads else "Manage Threads is missing; locked posts stay as they are",
        ),
    ]
    try:
        opened = await forum.create_thread(name="A trial of /setup check", content=TEXT, silent=True)
    except discord.HTTPException as error:
        return [Trial("opening a post", _why(error)), *trials]
    trials.insert(0, Trial("opening a post", ""))
    try:
        await opened.thread.delete()
    except discord.HTTPException:
        trials.append(Trial("removing the trial post", "Manage Threads is missing; please delete it by hand"))
    return trials


def _why(error: discord.HTTPException) -> str:
    return "Discord can't just now" if passes(error) else why(error)


def _are_missing(names: list[str]) -> str:
    return f"{listed(names)} {'is' if len(names) == 1 else 'are'} missing" if names else ""
