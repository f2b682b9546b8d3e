"""The buttons under what is kept about a member: see more, take it along, delete it."""

import io
from typing import Any

import discord

from features.server.privacy_card import kept_answer
from storage.members import privacy
from tools import tools_of
from ui.answer import pages_of
from ui.card import Row, row_of
from ui.dialogs import Confirm
from ui.errors import errors_answered
from ui.pages import CardPages
from wording.tongue import marked, say, say_counted

LABELS = {
    "more": marked("Details"),
    "export": marked("Take it along"),
    "delete": marked("Delete everything"),
}


class PrivacyButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"privacy:(?P<verb>more|export|delete):(?P<member>[0-9]{1,20})",
):
    """What can be done with what is kept, by the member whom it is about alone."""

    def __init__(self, verb: str, member_id: int) -> None:
        style = discord.ButtonStyle.danger if verb == "delete" else discord.ButtonStyle.secondary
        super().__init__(
            discord.ui.Button(label=say(LABELS[verb]), style=style, custom_id=f"privacy:{verb}:{member_id}")
        )
        self.verb, self.member_id = verb, member_id

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "PrivacyButton":
        return cls(match["verb"], int(match["member"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Do it."""
        async with errors_answered(interaction):
            if interaction.user.id != self.member_id:
                raise ValueError("That is another member's. See your own with /privacy show.")
            await {"more": show_details, "export": send_export, "delete": ask_to_delete}[self.verb](
                interaction
            )


def privacy_row(member_id: int) -> Row:
    """The three buttons."""
    return row_of(*(PrivacyButton(verb, member_id) for verb in LABELS))


async def show_details(interaction: discord.Interaction) -> None:
    """What is kept, what each is for, and what deleting leaves, page by page."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    kept = await privacy.stored_about(tools_of(interaction).database, interaction.user.id)
    pages = pages_of(kept_answer(kept, privacy.PERSONAL_TABLES, privacy.KEPT_OTHERWISE))
    await interaction.followup.send(view=CardPages.of(pages), ephemeral=True)


async def send_export(interaction: discord.Interaction) -> None:
    """Everything as a file."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    tools = tools_of(interaction)
    text = await privacy.export(tools.database, interaction.user.id, tools.now())
    file = discord.File(io.BytesIO(text.encode()), filename="roundtable-export.json")
    await interaction.followup.send(say("Everything the bot keeps about you:"), file=file, ephemeral=True)


async def ask_to_delete(interaction: discord.Interaction) -> None:
    """Delete everything, after asking once more."""
    question = Confirm(interaction.user.id, "Delete everything")
    await interaction.response.send_message(
        say(
            "This deletes your link, your verified account, your questions, drafts, secondings and "
            "arguments, your ballots in open polls and your votes on statements, and takes your name off "
            "what you proposed and voted. It can't be undone."
        ),
        view=question,
        ephemeral=True,
    )
    if await question.wait() or question.pressed is None:
        await interaction.edit_original_response(
            content=say("Nothing was deleted: no answer in time."), view=None
        )
        return
    if not question.confirmed:
        await question.pressed.response.edit_message(content=say("Nothing was deleted."), view=None)
        return
    removed = sum((await privacy.delete(tools_of(interaction).database, interaction.user.id)).values())
    await question.pressed.response.edit_message(
        content=" ".join(
            [
                say_counted("Deleted: {count} thing.", "Deleted: {count} things.", removed),
                *map(say, privacy.KEPT_OTHERWISE),
            ]
        ),
        view=None,
    )
