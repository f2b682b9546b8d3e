"""The Share button: a stored question is run again, and posted by whoever may post there."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import discord

from storage.database import Database, StorageError
from storage.members.questions import recall, remember
from storage.server.settings import settings_of
from ui.errors import errors_answered

GONE = "That answer can't be shared any more. Ask again and share the new one."
Answer = tuple[list[discord.Embed], list[discord.File]]
Again = Callable[[discord.Interaction, dict[str, Any]], Awaitable[Answer]]


class Sharing:
    """What the bot knows of sharing: where questions are stored, and how each of them is asked again."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.again: dict[str, Again] = {}  # by question, like "payout compare"; for others to see


class ShareButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"(?P<noun>opinion|promise):share(?P<percent>-percent)?:(?P<question>[0-9]{1,18})",
):
    """Posts a stored answer where it was asked, as it is or in percentages only."""

    def __init__(self, noun: str, question_id: int, *, percent: bool = False, label: str = "Share") -> None:
        verb = "share-percent" if percent else "share"
        super().__init__(discord.ui.Button(label=label, custom_id=f"{noun}:{verb}:{question_id}"))
        self.noun, self.question_id, self.percent = noun, question_id, percent

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "ShareButton":
        return cls(match["noun"], int(match["question"]), percent=match["percent"] is not None)

    async def callback(self, interaction: discord.Interaction) -> None:
        """Run the question again and post it for everyone in the channel."""
        async with errors_answered(interaction):
            sharing = getattr(interaction.client, "sharing", None)
            assert isinstance(sharing, Sharing)
            await interaction.response.defer(ephemeral=True, thinking=True)
            question, asked = await asked_to_share(interaction, sharing.database, self.question_id)
            if question not in sharing.again:
                raise ValueError(GONE)
            cards, files = await sharing.again[question](
                interaction, asked | ({"unit": "%"} if self.percent else {})
            )
            await post_shared(interaction, cards, files)


async def share_view(
    interaction: discord.Interaction,
    database: Database,
    question: str,
    asked: Mapping[str, Any],
    now: datetime,
    *,
    label: str = "Share",
    percent: bool = False,
) -> discord.ui.View:
    """A Share button for a question that is stored; none where it can't be stored or nobody invited the bot.

    question: its name in Sharing, that begins with the noun. percent: another button for percentages only.
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
    noun = question.split()[0]
    view.add_item(ShareButton(noun, row, label=label))
    if percent:
        view.add_item(ShareButton(noun, row, percent=True, label="Share percentages only"))
    return view


async def asked_to_share(
    interaction: discord.Interaction, database: Database, question_id: int
) -> tuple[str, dict[str, Any]]:
    """The question and the arguments that a button stands for.

    Raises ValueError unless it is the member's own, they may write in this channel, and the server allows it.
    """
    asked = await recall(database, question_id, interaction.user.id)
    if asked is None:
        raise ValueError(GONE)
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
