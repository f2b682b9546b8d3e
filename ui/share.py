"""What every Share button needs: the row of buttons, and who may post where."""

from typing import Any

import discord


def share_buttons(*buttons: discord.ui.Item[Any]) -> discord.ui.View:
    """A view that holds share buttons; they answer by their custom id, so it never has to be kept."""
    view = discord.ui.View(timeout=None)
    for button in buttons:
        view.add_item(button)
    return view


def check_may_post(interaction: discord.Interaction[Any]) -> None:
    """Raise ValueError unless the member may write in this channel themselves."""
    may = interaction.permissions
    in_thread = isinstance(interaction.channel, discord.Thread)
    if not (may.send_messages_in_threads if in_thread else may.send_messages):
        raise ValueError("You can't write in this channel, so you can't share here either.")
