"""Who is a moderator of a server, and who may answer for the team."""

import discord

from storage.server.settings import GuildSettings


def is_moderator(interaction: discord.Interaction, settings: GuildSettings) -> bool:
    """Whether the member may manage the server, or has the role that was set for it."""
    return interaction.permissions.manage_guild or _has(interaction, settings.moderator_role)


def check_moderator(interaction: discord.Interaction, settings: GuildSettings) -> None:
    """Raise ValueError unless the member is a moderator."""
    if not is_moderator(interaction, settings):
        raise ValueError("Only moderators of this server can do that.")


def check_team(interaction: discord.Interaction, settings: GuildSettings) -> None:
    """Raise ValueError unless the member may give official answers: the team's role, else moderators."""
    if settings.team_role is None:
        check_moderator(interaction, settings)
    elif not _has(interaction, settings.team_role):
        raise ValueError("Only members with the team's role can give an official answer here.")


def check_may_post(interaction: discord.Interaction) -> None:
    """Raise ValueError unless the member may write in this channel themselves."""
    may = interaction.permissions
    in_thread = isinstance(interaction.channel, discord.Thread)
    if not (may.send_messages_in_threads if in_thread else may.send_messages):
        raise ValueError("You can't write in this channel, so you can't post anything here either.")


def _has(interaction: discord.Interaction, role_id: int | None) -> bool:
    member = interaction.user
    return role_id is not None and isinstance(member, discord.Member) and member.get_role(role_id) is not None
