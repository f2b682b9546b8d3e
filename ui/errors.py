"""The one funnel through which every error reaches a member: a sentence, or a short id for the host's log."""

import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord import app_commands

from storage.database import StorageError
from tournament.source import SourceError
from ui.text import plain

log = logging.getLogger("roundtable.errors")


def sentence_for(error: BaseException) -> str | None:
    """What a member is told of an expected error; None for one that nobody expected."""
    if isinstance(error, app_commands.NoPrivateMessage):
        return "This command belongs to a server: type it in one."
    if isinstance(error, app_commands.MissingPermissions):
        missing = ", ".join(name.replace("_", " ") for name in error.missing_permissions)
        return f"You need a permission for this that you don't have here: {missing}. Ask a moderator."
    if isinstance(error, app_commands.CheckFailure):
        return "You can't use this command here."
    if isinstance(error, ValueError | StorageError | SourceError):
        # a sentence may quote what was typed: it must neither format nor ping
        return plain(str(error))[:1900]
    return None


async def answer_error(
    interaction: discord.Interaction,
    error: BaseException,
    *,
    view: discord.ui.View = discord.utils.MISSING,
) -> None:
    """Tell the member privately what went wrong; log what nobody expected under the id they are shown.

    view: buttons that lead on from what was refused.
    """
    if isinstance(error, app_commands.CommandInvokeError | app_commands.TransformerError):
        error = error.__cause__ or error
    name = (
        interaction.command.qualified_name
        if interaction.command
        else str((interaction.data or {}).get("custom_id"))
    )
    sentence = sentence_for(error)
    if sentence is None:
        error_id = secrets.token_hex(4)
        log.error(
            "unexpected error", exc_info=error, extra={"fields": {"error_id": error_id, "command": name}}
        )
        sentence = (
            f"Something went wrong on our side, and nothing was changed. "
            f"Try again; if it stays, tell the host of this bot the id **{error_id}**."
        )
    else:
        log.info("refused", exc_info=error, extra={"fields": {"command": name}})
    try:
        if interaction.response.is_done():
            await interaction.followup.send(sentence, view=view, ephemeral=True)
        else:
            await interaction.response.send_message(sentence, view=view, ephemeral=True)
    except discord.HTTPException as failure:
        log.warning("could not answer", extra={"fields": {"command": name, "status": failure.status}})


class Tree(app_commands.CommandTree):
    """The command tree whose errors go through the funnel."""

    async def on_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:  # noqa: D102
        await answer_error(interaction, error)


class GuardedView(discord.ui.View):
    """A view whose errors go through the funnel."""

    async def on_error(self, interaction: discord.Interaction, error: Exception, item: Any) -> None:  # noqa: D102
        await answer_error(interaction, error)


class GuardedLayout(discord.ui.LayoutView):
    """A message of components whose errors go through the funnel."""

    async def on_error(self, interaction: discord.Interaction, error: Exception, item: Any) -> None:  # noqa: D102
        await answer_error(interaction, error)


@asynccontextmanager
async def errors_answered(interaction: discord.Interaction) -> AsyncIterator[None]:
    """For callbacks of dynamic items, whose errors discord.py would only log."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the funnel is where they all end
        await answer_error(interaction, error)
