"""The button under My ballot of a closed poll that tells a member what became of it, by its receipt."""

import asyncio
import re
from typing import Any

import discord

from features.polls.casting import my_ballot
from features.polls.closing import poll_export
from features.polls.view import PollView, poll_with_id
from governance.receipts import find_receipt, read_receipt
from tools import show_cards, tools_of
from ui.card import GREEN, GREY, Card
from ui.errors import errors_answered
from ui.forms import Form, TextForm, open_form
from ui.server import guild_of
from ui.text import plain


class ReceiptButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"poll:receipt:(?P<poll>[0-9]{1,18})"
):
    """Check my receipt: opens a form with the member's own receipt in it, where the bot has one."""

    def __init__(self, poll_id: int) -> None:
        super().__init__(discord.ui.Button(label="Check my receipt", custom_id=f"poll:receipt:{poll_id}"))
        self.poll_id = poll_id

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "ReceiptButton":
        return cls(int(match["poll"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Open the form."""
        async with errors_answered(interaction):
            await open_form(interaction, await _form(interaction, self.poll_id))


async def _form(interaction: discord.Interaction, poll_id: int) -> Form:
    tools = tools_of(interaction)
    view = await poll_with_id(tools.database, guild_of(interaction).id, poll_id)
    if view.result is None:
        raise ValueError("A receipt can be checked once the poll is closed and counted.")
    mine = await my_ballot(tools.database, view, interaction.user.id)

    async def done(filled: discord.Interaction, text: str) -> None:
        await _tell(filled, view, text)

    return TextForm(
        f"A receipt of poll #{view.poll.number}",
        "Your receipt",
        "It begins with roundtable-receipt"
        if mine is None
        else "Yours as I keep it; or paste the one you kept",
        "" if mine is None else mine.receipt,
        done,
        long=True,
        name=f"poll:receipt:{poll_id}",
    )


async def _tell(interaction: discord.Interaction, view: PollView, text: str) -> None:
    """What became of the ballot, for this member's eyes alone."""
    receipt = read_receipt(text)
    exported = await poll_export(tools_of(interaction).database, view)
    in_force, became = await asyncio.to_thread(find_receipt, exported, receipt)
    card = Card(
        plain(became),
        small="This is what I say of my own list. To check it without trusting me, take `/poll export` and "
        "run its verify.py with `--receipt`.",
        colour=GREEN if in_force else GREY,
    )
    await show_cards(interaction, [card], [])


async def receipt_form_again(interaction: discord.Interaction, match: re.Match[str]) -> Form:
    """The form as the button opens it."""
    return await _form(interaction, int(match["poll"]))
