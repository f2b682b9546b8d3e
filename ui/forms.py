"""Forms that lose nothing: not what was typed into one that is refused, nor into one that a restart met."""

import io
import re
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import discord

from storage import written
from storage.errors import StorageError
from storage.members.typed import drop_typed, keep_typed, typed_into
from ui.errors import Instead, answer_error, errors_answered, is_taken, sentence_for, take
from ui.text import caption
from wording.names import NearMissError
from wording.tongue import marked, say

Typed = Callable[[discord.Interaction, str], Awaitable[None]]
ENDING = r":[0-9a-f]{16}"
REFILLED = "f"  # how the ending of a form begins that holds what was typed before
FORGOTTEN_FORM = marked(
    "I was started again while this form was open: nothing was cast or changed. Open it again."
)
FORGOTTEN_ITEM = marked(
    "I don't wait for this any more: it was pressed before, or I was started again. "
    "Nothing more was changed: open it again."
)
SUBMITTED = marked("I have this already, and am at it or done: it was sent twice.")
ROOM = 1700  # characters of a message that what was typed may take


class Form(discord.ui.Modal):
    """A form that is kept nowhere while it is open: it is made again, from its name, once it is submitted.

    What it does with what was typed follows from that and from its name alone, like "poll:ballot:7". A
    refusal carries a button that opens it again, filled with what was typed; that is kept until it is taken.
    Each has an id of its own: with a shared one, what was typed into one would be read as the other's.

    keeps: whether what is typed is kept from the moment it is submitted, and stands in the next such form.
    """

    keeps = False

    def __init__(self, title: str, name: str) -> None:
        ending = f"{secrets.randbelow(15):x}{secrets.token_hex(8)[1:]}"
        super().__init__(title=caption(say(title), 45), timeout=None, custom_id=f"{name}:{ending}")
        self.name = name
        self.stop()  # the library keeps no form that waits for nothing

    @property
    def kept_as(self) -> str:
        """Under which name what was typed is kept."""
        return self.name

    def fill(self, typed: Mapping[str, Any]) -> None:
        """Fill it with what was typed before."""
        for item in self.walk_children():
            _keep(item, typed)
        self.custom_id = f"{self.name}:{REFILLED}{secrets.token_hex(8)[1:]}"

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Note that somebody answers."""
        take(interaction)
        return True

    async def submitted(self, interaction: discord.Interaction) -> None:
        """Do what it is for with what was typed, which is kept until that is done."""
        kept, custom_id = (
            TypedBefore(interaction, self.kept_as),
            str((interaction.data or {}).get("custom_id")),
        )
        taken: deque[str] = getattr(interaction.client, "submitted")  # noqa: B009 - the bot's own
        if custom_id in taken:  # Discord's apps let it be sent again where the answer was late
            raise ValueError(SUBMITTED)
        taken.append(custom_id)
        if self.keeps:
            await kept.keep(typed_in(interaction))
        try:
            await self.on_submit(interaction)
        except Exception as error:  # noqa: BLE001 - as discord.py does with a form it knows
            with suppress(ValueError):
                taken.remove(custom_id)
            await self.on_error(interaction, error)
        else:
            if self.keeps or custom_id[-16] == REFILLED:
                await kept.drop()

    async def on_error(self, interaction: discord.Interaction, error: Exception) -> None:
        """Say what is wrong, and keep what was typed."""
        await TypedBefore(interaction, self.kept_as).keep(typed_in(interaction))
        view = self.leads_on(interaction, error)
        view.add_item(BackToForm(self.name))
        await answer_error(interaction, error, view=view)

    def leads_on(self, interaction: discord.Interaction, error: Exception) -> discord.ui.View:
        """The buttons beside the one that goes back to the form."""
        return discord.ui.View(timeout=None)


class TypedBefore:
    """What the member of an interaction typed into a form of this name."""

    def __init__(self, interaction: discord.Interaction, form: str) -> None:
        self._tools: Any = getattr(interaction.client, "tools")  # noqa: B009 - the bot's own
        self._whose = (interaction.guild_id or 0, interaction.user.id, form)

    async def keep(self, typed: Mapping[str, Any]) -> None:
        """Keep it; where that can't be written, the member still has the answer."""
        with suppress(StorageError), written.aside():
            await keep_typed(self._tools.database, *self._whose, typed, self._tools.now())

    async def read(self) -> Mapping[str, Any]:
        """It by its fields, empty for nothing."""
        return await typed_into(self._tools.database, *self._whose) or {}

    async def drop(self) -> None:
        """Forget it; what can't be removed now goes after a week."""
        with suppress(StorageError):
            await drop_typed(self._tools.database, *self._whose)


async def open_form(interaction: discord.Interaction, form: Form) -> None:
    """Open a form in answer to a press or a command."""
    if form.keeps and (typed := await TypedBefore(interaction, form.kept_as).read()):
        form.fill(typed)
    await interaction.response.send_modal(form)


class BackToForm(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"form:again:(?P<form>.{1,89})"):
    """Opens a form that was refused again, filled with what was typed."""

    def __init__(self, form: str) -> None:
        super().__init__(discord.ui.Button(label=say("Back to the form"), custom_id=f"form:again:{form}"))
        self.form = form

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "BackToForm":
        return cls(match["form"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """Open it."""
        async with errors_answered(interaction):
            forms: Mapping[str, Again] = getattr(interaction.client, "forms")  # noqa: B009 - the bot's own
            form = await made_again(interaction, forms, self.form)
            if form is None:
                raise ValueError(FORGOTTEN_ITEM)
            if typed := await TypedBefore(interaction, form.kept_as).read():
                form.fill(typed)
            await interaction.response.send_modal(form)


# makes a form from its name
Again = Callable[[discord.Interaction, re.Match[str]], Form | Awaitable[Form]]


def typed_in(interaction: discord.Interaction) -> dict[str, Any]:
    """What stands in a submitted form, by its fields: a text, a value or None, a list, a tick.

    Read from what Discord sent, not from the form: that may have been made again since.
    """
    typed: dict[str, Any] = {}
    waiting: list[Any] = list((interaction.data or {}).get("components", ()))
    while waiting:
        part: Mapping[str, Any] = waiting.pop(0)
        waiting += part.get("components", ())
        waiting += [part["component"]] if "component" in part else []
        if "custom_id" in part:
            typed[part["custom_id"]] = part["values"] if "values" in part else part.get("value")
    return typed


def _keep(item: Any, typed: Mapping[str, Any]) -> None:
    """What was typed or picked as what the form is filled with."""
    value = typed.get(getattr(item, "custom_id", ""))
    if isinstance(item, discord.ui.Checkbox):
        item.default = bool(value)
    elif isinstance(item, discord.ui.TextInput):
        item.default = value or None
    elif isinstance(item, discord.ui.RadioGroup):
        for option in item.options:
            option.default = option.value == value
    elif isinstance(item, discord.ui.Select | discord.ui.CheckboxGroup):
        for option in item.options:
            option.default = option.value in (value or ())


class TextForm(Form):
    """A form with one field of text."""

    def __init__(
        self,
        title: str,
        label: str,
        hint: str,
        filled: str,
        done: Typed,
        *,
        long: bool = False,
        name: str,
    ) -> None:
        super().__init__(title, name)
        self._done = done
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="text",
            default=filled[:4000] or None,
            max_length=4000 if long else 300,
            style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
        )
        self.add_item(
            discord.ui.Label(
                text=caption(say(label), 45), description=caption(say(hint), 100), component=field
            )
        )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Hand the text on."""
        await self._done(interaction, typed_in(interaction)["text"])

    def leads_on(self, interaction: discord.Interaction, error: Exception) -> discord.ui.View:
        """What was perhaps meant, as buttons that hand that on."""
        if not isinstance(error, NearMissError):
            return super().leads_on(interaction, error)
        text = typed_in(interaction)["text"]

        async def redo(pressed: discord.Interaction, near: str) -> None:
            await self._done(pressed, text.replace(error.typed, near))

        return Instead(error, redo)


async def made_again(interaction: discord.Interaction, forms: Mapping[str, Again], name: str) -> Form | None:
    """A form by its name; None where nothing makes it."""
    for pattern, again in forms.items():
        if match := re.fullmatch(pattern, name):
            return await discord.utils.maybe_coroutine(again, interaction, match)
    return None


async def answer_forgotten(interaction: discord.Interaction, forms: Mapping[str, Again]) -> None:
    """Answer a form that was submitted, and a press that reached nobody; leave what somebody answers.

    forms: what makes a form again, by the pattern of its name. A form that none makes is given back: what was
    typed comes with the sentence.
    """
    if is_taken(interaction):
        return
    if interaction.type is discord.InteractionType.component:
        async with errors_answered(interaction):
            raise ValueError(FORGOTTEN_ITEM)
    if interaction.type is not discord.InteractionType.modal_submit:
        return
    async with errors_answered(interaction):
        name = re.sub(ENDING + "$", "", str((interaction.data or {}).get("custom_id")))
        try:
            form = await made_again(interaction, forms, name)
        except ValueError as error:  # what it is about is gone
            await _give_back(interaction, sentence_for(error) or say(FORGOTTEN_FORM))
            return
        if form is None:
            await _give_back(interaction, say(FORGOTTEN_FORM))
        else:
            await form.submitted(interaction)


async def _give_back(interaction: discord.Interaction, told: str) -> None:
    texts = [text for text in typed_in(interaction).values() if isinstance(text, str) and text.strip()]
    typed = "\n\n".join(texts)
    shown: dict[str, Any] = {}
    if typed and (len(typed) > ROOM - len(told) or "```" in typed):
        shown["file"] = discord.File(io.BytesIO(typed.encode()), filename="what-you-typed.txt")
        told += " " + say("What you typed is in the file.")
    elif typed:
        told += " " + say("This is what you typed:") + f"\n```\n{typed}\n```"
    await interaction.response.send_message(told, ephemeral=True, **shown)
