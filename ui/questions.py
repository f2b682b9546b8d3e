"""Questions whose answers are stored, redrawn in place, looked into and shared."""

import asyncio
import json
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import discord

from kept import KeptResults, Turns
from storage import written
from storage.database import Database, StorageError
from storage.members.questions import AskedQuestion, change_arguments, recall, remember
from storage.members.shared import claim_share, drop_share, note_share, share_with_id
from storage.server.settings import settings_of
from ui.answer import TYPED, Answer, Asked, Question, options_of, page_message, pages_of
from ui.card import Row, drawn_once, fitting, message_of, row_of, send
from ui.drawing import DrawingThread
from ui.forms import TextForm, open_form
from ui.question_buttons import QuestionButton, QuestionMenu
from ui.roles import check_may_post, is_moderator
from ui.server import servers_tongue
from ui.text import plain
from wording.message_links import message_link
from wording.methods import methods_line
from wording.tongue import marked, reader, say, say_counted

GONE = marked("That answer is too old to be changed. Ask again, and use the new one.")


class Questions:
    """What the bot knows of questions: how each is answered, and what stands under an answer."""

    def __init__(
        self,
        database: Database,
        drawing: DrawingThread,
        now: Callable[[], datetime],
        docs_url: str = "",
    ) -> None:
        self.database, self.drawing, self.now, self.docs_url = database, drawing, now, docs_url
        self.known: dict[str, Question] = {}  # by name, like "payout compare"
        self.kept, self.turns = KeptResults(), Turns()

    async def pressed(self, interaction: discord.Interaction, verb: str, number: str) -> None:
        """Do what a button under an answer says."""
        if verb == "details":
            await self.details(interaction, number, 0, first=True)
        elif verb == "mine":
            await self.mine(interaction, number)
        elif verb == "takeback":
            await self.take_back(interaction, number)
        elif number.startswith("s"):
            raise ValueError(GONE)
        elif verb.startswith("type-"):
            await self.form(interaction, int(number), verb.removeprefix("type-"))
        elif verb.startswith("file-"):
            await self.file(interaction, int(number), verb.removeprefix("file-"))
        else:
            unit = {"share-percent": "%", "share-amounts": "NMR"}.get(verb)
            await self.share(interaction, int(number), unit=unit)

    async def picked(self, interaction: discord.Interaction, menu: str, number: str, value: str) -> None:
        """Show an answer with what was picked in a menu under it."""
        if menu == "page":
            await self.details(interaction, number, int(value), first=False)
        elif number.startswith("s"):
            raise ValueError(GONE)
        elif value.startswith(TYPED):
            await self.form(interaction, int(number), value.removeprefix(TYPED))
        else:
            await interaction.response.defer()
            if not value.startswith("{"):
                raise ValueError(GONE)
            await self.redraw(interaction, int(number), json.loads(value))

    async def reply(self, interaction: discord.Interaction, name: str, asked: Asked) -> None:
        """Answer a new question, privately; the interaction was deferred."""
        answer = await self._answer(interaction, name, asked, None)
        # the row is on the disk by the time the picture is drawn
        message, rows = await asyncio.gather(
            message_of(self.drawing, [answer.card]), self._remembered(interaction, name, asked, answer)
        )
        message.put_under(rows)
        await send(interaction, message)

    async def _remembered(
        self, interaction: discord.Interaction, name: str, asked: Asked, answer: Answer
    ) -> list[Row]:
        """Store the question; what stands under its answer, nothing where it could not be stored."""
        with suppress(StorageError), written.aside():
            now = self.now()
            row = await remember(self.database, interaction.user.id, name, asked, now)
            return self.rows(
                interaction, AskedQuestion(row, interaction.user.id, name, dict(asked), now), answer
            )
        return []  # the answer is worth more than what stands under it

    async def redraw(self, interaction: discord.Interaction, row: int, change: Asked) -> None:
        """Change a question of the member's own, and its answer where it stands, once deferred.

        A question that can't be answered so stays as it was.
        """
        stored = await self._own(interaction, row)
        while True:
            if not set(change) <= set(stored.arguments):
                raise ValueError(GONE)
            asked: Asked = stored.arguments | dict(change)
            meant = self.known[stored.question].meant
            asked = asked if meant is None else await meant(interaction, asked)
            answer = await self._answer(interaction, stored.question, asked, None)
            kept = await change_arguments(self.database, stored, asked)
            if kept is not None:
                break
            stored = await self._own(interaction, row)  # another tap was quicker: this one follows it
        message = await message_of(self.drawing, [answer.card], self.rows(interaction, kept, answer))
        # it may stand in place of a sentence that asked back
        await interaction.edit_original_response(content=None, view=message.view, attachments=message.files)

    async def form(self, interaction: discord.Interaction, row: int, field: str) -> None:
        """Open the form of a field."""
        await open_form(interaction, await self.form_of(interaction, row, field))

    async def form_of(self, interaction: discord.Interaction, row: int, field: str) -> TextForm:
        """The form of a field; what is typed there changes the answer under which it was opened."""
        stored = await self._own(interaction, row)
        typed = self.known[stored.question].fields[field]

        async def done(submitted: discord.Interaction, text: str) -> None:
            change = typed.read(text)
            await submitted.response.defer()
            await self.redraw(submitted, row, change)

        return TextForm(
            typed.title,
            typed.label,
            typed.hint,
            typed.shown(stored.arguments),
            done,
            long=typed.long,
            name=f"{stored.question.split()[0]}:type-{field}:{row}",
        )

    async def details(self, interaction: discord.Interaction, number: str, page: int, *, first: bool) -> None:
        """Show a page of what stands behind an answer: the first in a message of its own, others in it."""
        if first:
            await interaction.response.defer(ephemeral=True, thinking=True)
        else:
            await interaction.response.defer()
        name, asked, shown_by = await self._meant(interaction, number)
        answer = await self._answer(interaction, name, asked, shown_by)
        pages = pages_of(answer, methods_line(name, self.docs_url))
        message = await page_message(
            self.drawing, pages, page, lambda titles: QuestionMenu(name.split()[0], "page", number, titles)
        )
        if first:
            await send(interaction, message)
        else:
            await interaction.edit_original_response(view=message.view, attachments=message.files)

    async def file(self, interaction: discord.Interaction, row: int, file: str) -> None:
        """Send a file of an answer's numbers, privately."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        stored = await self._own(interaction, row)
        _, make = self.known[stored.question].files[file]
        await interaction.followup.send(file=await make(interaction, stored.arguments), ephemeral=True)

    async def share(self, interaction: discord.Interaction, row: int, *, unit: str | None) -> None:
        """Post an answer of the member's own for everyone in the channel, once.

        unit: None where the member has not said yet whether in percentages only.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        stored = await self._own(interaction, row)
        check_may_post(interaction)
        guild, channel = interaction.guild_id, interaction.channel_id
        if guild is None or channel is None:
            raise ValueError("There is nobody here to share it with.")
        if not (await settings_of(self.database, guild)).sharing:
            raise ValueError("The moderators of this server have turned sharing off.")
        question, noun = self.known[stored.question], stored.question.split()[0]
        if unit is None and question.percent(stored.arguments):
            view = discord.ui.View(timeout=None)
            view.add_item(QuestionButton(noun, "share-amounts", str(row), say("With amounts of NMR")))
            view.add_item(
                QuestionButton(noun, "share-percent", str(row), say("In percent of the stake only"))
            )
            await interaction.followup.send(say("How shall it be shared?"), view=view, ephemeral=True)
            return
        arguments = stored.arguments | ({"unit": "%"} if unit == "%" else {})
        with servers_tongue(interaction):
            answer = await self._answer(interaction, stored.question, arguments, interaction.user.id)
        shared, is_new = await claim_share(self.database, guild, channel, stored, arguments, self.now())
        if not is_new:
            link = message_link(guild, channel, shared.message)
            raise ValueError(f"You have shared this here already. {link}".strip())
        number = f"s{shared.share_id}"
        with servers_tongue(interaction):
            by = say("Shared by {name}", name=plain(interaction.user.display_name))
            buttons = [] if question.mine is None else [QuestionButton(noun, "mine", number, say("Try mine"))]
            if answer.details:
                buttons.append(QuestionButton(noun, "details", number, say(question.details)))
            buttons.append(QuestionButton(noun, "takeback", number, say("Delete")))
        card = replace(answer.card, small="\n".join(filter(None, (answer.card.small, by))))
        try:
            message = await message_of(self.drawing, [card], [row_of(*buttons)], titled=True)
            await interaction.edit_original_response(content=say("Shared below."))
            sent = await interaction.followup.send(
                view=message.view, files=message.files, ephemeral=False, wait=True
            )
        except BaseException:
            await drop_share(self.database, guild, shared.share_id)
            raise
        await note_share(self.database, guild, shared.share_id, sent.id)

    async def take_back(self, interaction: discord.Interaction, number: str) -> None:
        """Delete a shared answer, for whoever shared it and for those who may delete messages there."""
        await interaction.response.defer()
        shared = await self._shared(interaction, number)
        settings = await settings_of(self.database, shared.guild_id)
        moderates = interaction.permissions.manage_messages or is_moderator(interaction, settings)
        if shared.member_id != interaction.user.id and not moderates:
            raise ValueError("Only the member who shared it and moderators can delete it.")
        with suppress(discord.NotFound):  # somebody else was quicker
            await interaction.delete_original_response()
        await drop_share(self.database, shared.guild_id, shared.share_id)

    async def mine(self, interaction: discord.Interaction, number: str) -> None:
        """Ask what a shared answer asks, about the member who presses."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        shared = await self._shared(interaction, number)
        mine = self.known[shared.question].mine
        if mine is None:
            raise ValueError(GONE)
        await mine(interaction, shared.arguments)

    async def _answer(
        self, interaction: discord.Interaction, name: str, asked: Asked, shown_by: int | None
    ) -> Answer:
        """The answer to a question, once it is its turn; the interaction was deferred."""
        question = self.known[name]

        async def told(seconds: float) -> None:
            about = 10 * math.ceil(seconds / 10)
            with suppress(discord.HTTPException):
                sentence = say_counted(
                    "Many are asking just now: yours is answered in about {count} second.",
                    "Many are asking just now: yours is answered in about {count} seconds.",
                    about,
                )
                await interaction.followup.send(sentence, ephemeral=True)

        async with self.turns.turn(interaction.user.id, told):
            if not question.everybodys:
                return await question.answer(interaction, asked, shown_by)
            arguments = json.dumps(dict(asked), sort_keys=True)
            key = (name, arguments, interaction.guild_id, shown_by is None, reader())
            minute = self.now().replace(second=0, microsecond=0)

            async def made() -> Answer:
                answer = await question.answer(interaction, asked, shown_by)
                return replace(answer, card=drawn_once(answer.card))

            return await self.kept.get(key, minute, made)

    async def _own(self, interaction: discord.Interaction, row: int) -> AskedQuestion:
        stored = await recall(self.database, row, interaction.user.id)
        if stored is None or stored.question not in self.known:
            raise ValueError(GONE)
        return stored

    async def _shared(self, interaction: discord.Interaction, number: str) -> Any:
        found = await share_with_id(self.database, interaction.guild_id or 0, int(number.removeprefix("s")))
        if found is None or found.question not in self.known:
            raise ValueError(GONE)
        return found

    async def _meant(self, interaction: discord.Interaction, number: str) -> tuple[str, Asked, int | None]:
        """A question's name, its arguments, and who shows it to others: nobody for the member's own."""
        if number.startswith("s"):
            shared = await self._shared(interaction, number)
            return shared.question, shared.arguments, shared.member_id
        stored = await self._own(interaction, int(number))
        return stored.question, stored.arguments, None

    def rows(self, interaction: discord.Interaction, stored: AskedQuestion, answer: Answer) -> list[Row]:
        """The menus and buttons under a private answer."""
        question, noun, number = (
            self.known[stored.question],
            stored.question.split()[0],
            str(stored.question_id),
        )
        rows = [row_of(QuestionMenu(noun, menu.name, number, options_of(menu))) for menu in answer.menus]
        buttons = []
        brought_along = interaction.is_user_integration() and not interaction.is_guild_integration()
        if interaction.guild_id is not None and not brought_along:
            buttons.append(QuestionButton(noun, "share", number, say("Share")))
        if answer.details or len(fitting(answer.card)) > 1:
            buttons.append(QuestionButton(noun, "details", number, say(question.details)))
        buttons += [
            QuestionButton(noun, f"type-{field}", number, say(label))
            for field, label in question.typed.items()
        ]
        buttons += [
            QuestionButton(noun, f"file-{name}", number, say(label))
            for name, (label, _) in question.files.items()
        ]
        return [*rows, row_of(*buttons)] if buttons else rows
