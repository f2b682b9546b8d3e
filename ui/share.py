"""What every Share button needs: a stored question to run again, and who may post where."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import discord

from storage.database import Database, StorageError
from storage.members.questions import recall, remember
from storage.server.settings import settings_of

Buttons = Callable[[int], list[discord.ui.Item[Any]]]


async def share_view(
    interaction: discord.Interaction,
    database: Database,
    question: str,
    asked: Mapping[str, Any],
    now: datetime,
    buttons: Buttons,
) -> discord.ui.View:
    """Share buttons for a question that is stored; none where it can't be stored or nobody invited the bot.

    The buttons answer by their custom id, so the view never has to be kept.
    """
    brought_along = interaction.is_user_integration() and not interaction.is_guild_integration()
    if interaction.guild_id is None or brought_along:
        return discord.utils.MISSING
    try:
        row = await remember(database, interaction.user.id, question, asked, now)
    except StorageError:
        return discord.utils.MISSING  # the answer is worth more than its button
    view = discord.ui.View(timeout=None)
    for button in buttons(row):
        view.add_item(button)
    return view


async def asked_to_share(
    interaction: discord.Interaction, database: Database, question_id: int
) -> tuple[str, dict[str, Any]]:
    """The question and the arguments that a button stands for.

    Raises ValueError unless it is the member's own, they may write in this channel, and the server allows it.
    """
    asked = await recall(database, question_id, interaction.user.id)
    if asked is None:
        raise ValueError("That answer can't be shared any more. Ask again and share the new one.")
    check_may_post(interaction)
    if interaction.guild_id and not (await settings_of(database, interaction.guild_id)).sharing:
        raise ValueError("The moderators of this server have turned sharing off.")
    return asked.question, asked.arguments


async def post_shared(
    interaction: discord.Interaction, cards: list[discord.Embed], files: list[discord.File]
) -> None:
    """Post an answer for everyone in the channel, under the name of who shares it."""
    await interaction.edit_original_response(content="Shared below.")
    cards[0].set_author(name=f"Shared by {interaction.user.display_name}"[:256])
    await interaction.followup.send(embeds=cards, files=files, ephemeral=False)


def check_may_post(interaction: discord.Interaction) -> None:
    """Raise ValueError unless the member may write in this channel themselves."""
    may = interaction.permissions
    in_thread = isinstance(interaction.channel, discord.Thread)
    if not (may.send_messages_in_threads if in_thread else may.send_messages):
        raise ValueError("You can't write in this channel, so you can't share here either.")
