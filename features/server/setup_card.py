"""Cards of a server's settings, and of what the bot may do where they point."""

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from storage.server.settings import GuildSettings
from ui.card import GREEN, GREY, bullets
from wording.numbers import counted


@dataclass(frozen=True)
class Trial:
    """One thing that was tried in a channel, and what is missing where it failed."""

    what: str
    missing: str  # "" where it worked


def settings_card(settings: GuildSettings) -> discord.Embed:
    """Every setting of a server, and how to change it."""
    card = discord.Embed(title="Settings of this server", colour=GREY)
    rows = (
        ("Sharing answers", "allowed" if settings.sharing else "off"),
        ("Proposals go to", _channel(settings.proposal_channel, "the channel they are typed in")),
        ("Announcements go to", _channel(settings.announce_channel, "nowhere")),
        ("Moderators", _role(settings.moderator_role, "whoever may manage the server")),
        ("Answers for the team", _role(settings.team_role, "moderators")),
        ("Time zone", settings.zone),
        (
            "Limits",
            f"{settings.cooldown_hours} h between a member's proposals, {settings.open_cap} open at once, "
            f"{counted(settings.seconds_least, 'seconding')} at least",
        ),
    )
    for name, value in rows:
        card.add_field(name=name, value=value, inline=False)
    card.set_footer(
        text="/setup sharing, channels, roles, zone, limits and block change them; /setup check tries them"
    )
    return card


def trials_card(trials: Sequence[tuple[str, Sequence[Trial]]]) -> discord.Embed:
    """What was tried in each channel; what is missing comes first."""
    failed = any(trial.missing for _, tried in trials for trial in tried)
    card = discord.Embed(
        title="Something is missing" if failed else "Everything works", colour=GREY if failed else GREEN
    )
    for where, tried in trials:
        lines = [
            f"{trial.what}: {trial.missing or 'works'}"
            for trial in sorted(tried, key=lambda t: not t.missing)
        ]
        card.add_field(name=where[:256], value=bullets(lines) or "Nothing to try.", inline=False)
    return card


def _channel(channel_id: int | None, otherwise: str) -> str:
    return f"<#{channel_id}>" if channel_id else otherwise


def _role(role_id: int | None, otherwise: str) -> str:
    return f"<@&{role_id}>" if role_id else otherwise
