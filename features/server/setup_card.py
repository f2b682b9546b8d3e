"""The card of a server's settings, and of what the bot may do where they point."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from governance.zones import in_force
from storage.server.settings import GuildSettings
from ui.card import BLUE, GREEN, GREY, Card, sections
from ui.text import plain
from wording.numbers import counted

MEND = (
    "Open the settings of that channel, go to Permissions, add this bot, allow what is named above, "
    "then press Try it."
)


@dataclass(frozen=True)
class Trial:
    """One thing that was tried in a channel, and what is missing where it failed."""

    what: str
    missing: str  # "" where it worked


Tried = Sequence[tuple[str, Sequence[Trial]]]  # where -> what was tried there


def setup_card(settings: GuildSettings, tried: Tried | None = None, numbers: str = "") -> Card:
    """Every setting in the order of the menus below, and what is missing; tried: None where nothing was.

    numbers: how far the reading of everyone's rounds has come.
    """
    missing = sum(bool(trial.missing) for _, trials in tried or () for trial in trials)
    if tried is None:
        heading, colour = "Settings of this server", BLUE
    elif missing:
        heading, colour = f"{counted(missing, 'thing is', 'things are')} missing", GREY
    else:
        heading, colour = "Everything works", GREEN
    rows = (
        ("Proposals go to", _channel(settings.proposal_channel, "the channel they are typed in")),
        ("Announcements go to", _channel(settings.announce_channel, "nowhere")),
        ("Moderators", _role(settings.moderator_role, "whoever may manage the server")),
        ("Answers for the team", _role(settings.team_role, "moderators")),
        ("Time zone", _zone(settings.zone)),
        ("Sharing answers", "allowed" if settings.sharing else "off"),
        (
            "Limits",
            f"{settings.cooldown_hours} h between a member's proposals, {settings.open_cap} open at once, "
            f"{counted(settings.seconds_least, 'seconding')} at least",
        ),
    )
    return Card(
        heading,
        sections(
            "\n".join(f"**{plain(where)}** {_trials(trials)}" for where, trials in tried or ()),
            f"**How to mend it** {MEND}" if missing else "",
            "" if missing else " · ".join(f"**{name}** {value}" for name, value in rows),
        ),
        small=sections(
            "In the order of the menus: proposals, announcements, moderators, the team, the time zone."
            if missing or tried is None
            else "",
            numbers,
        ),
        colour=colour,
    )


def greeting_card(mention: Callable[[str], str]) -> Card:
    """What the bot says where it has just been invited."""
    return Card(
        "Hello! What a payout rule does to you, in numbers",
        "I show who is paid what under any rule, who holds the stake, and what members of this server want "
        "changed: as proposals, votes that anybody can recount, and a weekly summary.",
        after=sections(
            "**Moderators**: Set up opens one panel with channels, roles and the time zone, and tries each.",
            f"**Everybody**: {mention('help')} asks what you want to know.",
        ),
        small="Answers are private until they are shared. I read no messages.",
    )


def zone_card(zone: str, now: datetime) -> Card:
    """What time it is in a zone that was typed."""
    there = now.astimezone(ZoneInfo(zone))
    return Card(
        f"It is {there:%H:%M} in {zone}",
        f"{there:%A}, {there.day} {there:%B %Y}. Is that the time on your clocks? Then keep it: the "
        "schedules and days of this server follow it. Nothing is changed yet.",
    )


def _trials(trials: Sequence[Trial]) -> str:
    """What works in one line; what is missing, a line each."""
    failed = [f"• {plain(trial.what)}: {plain(trial.missing)}" for trial in trials if trial.missing]
    works = [trial.what for trial in trials if not trial.missing]
    told = f"works: {plain(', '.join(works))}" if works else ""
    return "\n".join([told, *failed])


def _zone(zone: str) -> str:
    held = in_force(zone)
    return zone if held == zone else f"{plain(zone)}, which this host does not know: {held} holds"


def _channel(channel_id: int | None, otherwise: str) -> str:
    return f"<#{channel_id}>" if channel_id else otherwise


def _role(role_id: int | None, otherwise: str) -> str:
    return f"<@&{role_id}>" if role_id else otherwise
