"""The one funnel through which every error reaches a member: a sentence, or a short id for the host's log."""

import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord import app_commands

from logs import is_too_late
from storage import written
from storage.errors import CLOSED, BusyError, StorageError
from tournament.source import SourceError, asker
from ui.server import hear_member
from ui.text import caption, plain
from wording.names import NearMissError
from wording.tongue import marked, say

log = logging.getLogger("roundtable.errors")

UNDONE = marked(
    "Something went wrong on our side, and nothing was changed. Try again; if it stays, tell the host of "
    "this bot the id **{id}**."
)
DONE = marked(
    "What you asked for is written down, but something went wrong on our side after that. Look whether it is "
    "there before you try again; if it stays, tell the host of this bot the id **{id}**."
)
NOT_ALL = "not all of it is done: look what is there before you try again"


def sentence_for(error: BaseException) -> str | None:
    """What a member is told of an expected error, in their tongue if it is a fixed sentence.

    None for one that nobody expected.
    """
    if isinstance(error, app_commands.NoPrivateMessage):
        return say("This command belongs to a server: type it in one.")
    if isinstance(error, app_commands.MissingPermissions):
        missing = ", ".join(name.replace("_", " ") for name in error.missing_permissions)
        return say(
            "You need a permission for this that you don't have here: {missing}. Ask a moderator.",
            missing=missing,
        )
    if isinstance(error, app_commands.CheckFailure):
        return say("You can't use this command here.")
    if isinstance(error, StorageError) and written.anything():
        return plain(str(error).replace("nothing was changed", NOT_ALL))[:1900]
    if isinstance(error, ValueError | StorageError | SourceError):
        # a sentence may quote what was typed: it must neither format nor ping
        return plain(_said(error))[:1900]
    return None


def _said(error: BaseException) -> str:
    if isinstance(error, SourceError) and (reason := say(error.reason)) != error.reason:
        return say("{reason}. {remedy}", reason=reason, remedy=say(error.remedy))
    return say(str(error))


async def answer_error(
    interaction: discord.Interaction,
    error: BaseException,
    *,
    view: "discord.ui.View | None" = None,
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
    if is_too_late(error):
        log.info("too late to answer", extra={"fields": {"command": name}})
        return
    sentence = sentence_for(error)
    if view is None and isinstance(error, NearMissError) and error.near:
        view = _for_command(interaction, error)
    shown = discord.utils.MISSING if view is None else view
    if sentence is None:
        error_id = secrets.token_hex(4)
        log.error(
            "unexpected error", exc_info=error, extra={"fields": {"error_id": error_id, "command": name}}
        )
        sentence = say(DONE if written.anything() else UNDONE, id=error_id)
    else:
        _log_expected(error, name)
    try:
        if interaction.response.is_done():
            await interaction.followup.send(sentence, view=shown, ephemeral=True)
        else:
            await interaction.response.send_message(sentence, view=shown, ephemeral=True)
    except discord.HTTPException as failure:
        level = logging.INFO if is_too_late(failure) else logging.WARNING
        log.log(level, "could not answer", extra={"fields": {"command": name, "status": failure.status}})


def _log_expected(error: BaseException, name: str) -> None:
    """One line without what was typed, which a sentence may quote; what the host has to mend is an error."""
    fields = {"command": name, "why": type(error).__name__}
    level = logging.INFO
    if isinstance(error, StorageError):  # its sentence quotes nothing
        level = logging.WARNING if isinstance(error, BusyError) or str(error) == CLOSED else logging.ERROR
        fields["why"] = str(error)
    log.log(level, "refused", extra={"fields": fields})


class Tree(app_commands.CommandTree):
    """The command tree whose errors go through the funnel."""

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Note who asks, as that has a limit, the tongue they read, and from here on what is written."""
        asker.set(interaction.user.id)
        hear_member(interaction)
        written.begin()
        return True

    async def on_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:  # noqa: D102
        await answer_error(interaction, error)


def take(interaction: discord.Interaction) -> None:
    """Note that somebody answers this press or form; whoever does calls it before anything is waited for."""
    interaction.extras["taken"] = True
    asker.set(interaction.user.id)
    hear_member(interaction)
    written.begin()


def is_taken(interaction: discord.Interaction) -> bool:
    """Whether somebody answers it."""
    return "taken" in interaction.extras


class GuardedView(discord.ui.View):
    """A view whose errors go through the funnel."""

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Note that somebody answers."""
        take(interaction)
        return True

    async def on_error(self, interaction: discord.Interaction, error: Exception, item: Any) -> None:  # noqa: D102
        await answer_error(interaction, error)


Redo = Callable[[discord.Interaction, str], Awaitable[None]]


class Instead(GuardedView):
    """What was perhaps meant, as buttons that go on with it; beside them what else leads on."""

    def __init__(self, error: NearMissError, redo: Redo) -> None:
        super().__init__(timeout=600)
        for place, near in enumerate(error.near):
            button: discord.ui.Button[Any] = discord.ui.Button(
                label=caption(near, 80), style=discord.ButtonStyle.primary, custom_id=f"instead:{place}"
            )

            async def pressed(interaction: discord.Interaction, near: str = near) -> None:
                await redo(interaction, near)

            button.callback = pressed  # type: ignore[method-assign]
            self.add_item(button)


def _for_command(interaction: discord.Interaction, error: NearMissError) -> Instead | None:
    """Buttons that type a command again with what was meant; None where it was no command."""
    command = interaction.command
    if not isinstance(command, app_commands.Command):
        return None
    # a namespace answers None to whatever it is asked, also where dict() asks for its keys
    typed = dict(iter(interaction.namespace))
    there = [name for name, value in typed.items() if isinstance(value, str) and error.typed in value]
    if not there:
        return None

    async def redo(pressed: discord.Interaction, near: str) -> None:
        values = typed | {there[0]: typed[there[0]].replace(error.typed, near)}
        await command.callback(command.binding, pressed, **values)  # type: ignore[arg-type, call-arg]

    return Instead(error, redo)


class GuardedLayout(discord.ui.LayoutView):
    """A message of components whose errors go through the funnel."""

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Note that somebody answers."""
        take(interaction)
        return True

    async def on_error(self, interaction: discord.Interaction, error: Exception, item: Any) -> None:  # noqa: D102
        await answer_error(interaction, error)


@asynccontextmanager
async def errors_answered(interaction: discord.Interaction) -> AsyncIterator[None]:
    """For callbacks of dynamic items, whose errors discord.py would only log."""
    take(interaction)
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the funnel is where they all end
        await answer_error(interaction, error)
