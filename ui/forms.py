"""Forms that lose nothing: not what was typed into one that is refused, nor into one that a restart met."""

import io
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import discord

from ui.errors import GuardedView, Instead, answer_error, errors_answered, is_taken, sentence_for, take
from ui.text import caption
from wording.names import NearMissError

Typed = Callable[[discord.Interaction, str], Awaitable[None]]
KEPT = 24 * 3600.0  # seconds that an open form is waited for; after that its id tells what it is
ENDING = r":[0-9a-f]{16}"
FORGOTTEN_FORM = "I was started again while this form was open: nothing was cast or changed. Open it again."
FORGOTTEN_ITEM = (
    "I don't wait for this any more: it was pressed before, or I was started again. "
    "Nothing more was changed: open it again."
)
ROOM = 1700  # characters of a message that what was typed may take


class Form(discord.ui.Modal):
    """A form whose refusal carries a button that opens it again, filled with what was typed.

    What it does with what was typed follows from that and from its name alone, like "poll:ballot:7": a bot
    that has never seen it makes it again from its name. A form without a name can't be made again. Each has
    an id of its own: with a shared one, whoever submits first would answer for the other.
    """

    def __init__(self, title: str, name: str = "form") -> None:
        super().__init__(title=caption(title, 45), timeout=KEPT, custom_id=f"{name}:{secrets.token_hex(8)}")

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Note that somebody answers."""
        take(interaction)
        return True

    async def on_error(self, interaction: discord.Interaction, error: Exception) -> None:
        """Say what is wrong, and keep what was typed."""
        if sentence_for(error) is None:
            await answer_error(interaction, error)
            return
        typed = typed_in(interaction)
        for item in self.walk_children():
            _keep(item, typed)
        view = self.leads_on(interaction, error)
        back: discord.ui.Button[Any] = discord.ui.Button(label="Back to the form", custom_id="form:again")
        back.callback = self._again  # type: ignore[method-assign]
        view.add_item(back)
        await answer_error(interaction, error, view=view)

    def leads_on(self, interaction: discord.Interaction, error: Exception) -> GuardedView:
        """The buttons beside the one that goes back to the form."""
        return GuardedView(timeout=1800)

    async def _again(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(self)


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
        name: str = "form",
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
            discord.ui.Label(text=caption(label, 45), description=caption(hint, 100), component=field)
        )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Hand the text on."""
        await self._done(interaction, typed_in(interaction)["text"])

    def leads_on(self, interaction: discord.Interaction, error: Exception) -> GuardedView:
        """What was perhaps meant, as buttons that hand that on."""
        if not isinstance(error, NearMissError):
            return super().leads_on(interaction, error)
        text = typed_in(interaction)["text"]

        async def redo(pressed: discord.Interaction, near: str) -> None:
            await self._done(pressed, text.replace(error.typed, near))

        return Instead(error, redo)


async def answer_forgotten(interaction: discord.Interaction, forms: Mapping[str, Again]) -> None:
    """Answer a press or a form that reached nobody; do nothing for what somebody answers.

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
        custom_id = str((interaction.data or {}).get("custom_id"))
        for pattern, again in forms.items():
            match = re.fullmatch(pattern + ENDING, custom_id)
            if match is None:
                continue
            form = await discord.utils.maybe_coroutine(again, interaction, match)
            try:
                await form.on_submit(interaction)
            except Exception as error:  # noqa: BLE001 - as discord.py does with a form it knows
                await form.on_error(interaction, error)
            return
        await _give_back(interaction)


async def _give_back(interaction: discord.Interaction) -> None:
    texts = [text for text in typed_in(interaction).values() if isinstance(text, str) and text.strip()]
    typed = "\n\n".join(texts)
    shown: dict[str, Any] = {}
    told = FORGOTTEN_FORM
    if typed and (len(typed) > ROOM or "```" in typed):
        shown["file"] = discord.File(io.BytesIO(typed.encode()), filename="what-you-typed.txt")
        told += " What you typed is in the file."
    elif typed:
        told += f" This is what you typed:\n```\n{typed}\n```"
    await interaction.response.send_message(told, ephemeral=True, **shown)
