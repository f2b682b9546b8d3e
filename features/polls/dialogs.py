"""The dialogs in which a member votes: boxes to tick, a ranking, and forms for numbers."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

import discord

from features.polls.ballot_text import numbers_template
from ui.errors import GuardedView
from ui.forms import Form, TextForm
from ui.text import plain

Cast = Callable[[discord.Interaction, Any], Awaitable[None]]
Typed = Callable[[discord.Interaction, str], Awaitable[None]]
LABEL = 100  # characters of an option that can be picked
MOST_BOXES = 10  # options that Discord shows as boxes in a form; more are a menu in it


class ChoiceForm(Form):
    """Options to tick in one form: one of them, or every one that is approved of."""

    def __init__(
        self, poll: str, options: Mapping[str, str], chosen: Collection[str], cast: Cast, *, several: bool
    ) -> None:
        """options: what is cast -> as people read it; chosen: those of an earlier ballot."""
        super().__init__(title=f"Your ballot in {poll}"[:45])
        self._cast, self._several = cast, several
        self._values = list(options)
        rows: list[dict[str, Any]] = [
            {"label": shown[:LABEL], "value": str(place), "default": value in chosen}
            for place, (value, shown) in enumerate(options.items())
        ]
        self._picked: discord.ui.Select[Any] | discord.ui.CheckboxGroup[Any] | discord.ui.RadioGroup[Any]
        if len(rows) > MOST_BOXES:
            self._picked = discord.ui.Select(
                custom_id="choice",
                required=not several,
                min_values=0 if several else 1,
                max_values=len(rows) if several else 1,
                options=[discord.SelectOption(**row) for row in rows],
            )
        elif several:
            self._picked = discord.ui.CheckboxGroup(
                custom_id="choice",
                required=False,
                min_values=0,
                max_values=len(rows),
                options=[discord.CheckboxGroupOption(**row) for row in rows],
            )
        else:
            self._picked = discord.ui.RadioGroup(
                custom_id="choice", options=[discord.RadioGroupOption(**row) for row in rows]
            )
        self.add_item(
            discord.ui.Label(
                text="All that you approve of" if several else "Your choice",
                description="Hidden until the close, and yours to change until then",
                component=self._picked,
            )
        )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Cast the ballot."""
        if isinstance(self._picked, discord.ui.RadioGroup):
            places = [self._picked.value or ""]
        else:
            places = list(self._picked.values)
        picked = [self._values[int(place)] for place in places if place]
        if not self._several and not picked:
            raise ValueError("Pick one of the options.")
        await self._cast(interaction, picked if self._several else picked[0])


class Ranking(GuardedView):
    """Options picked one after the other, best first; who is not picked comes last."""

    def __init__(self, options: Sequence[str], ranked: Sequence[str], cast: Cast) -> None:
        """ranked: the order of an earlier ballot."""
        super().__init__(timeout=600)
        self._options, self._cast = options, cast
        self.ranked = [option for option in ranked if option in options]
        self._build()

    @property
    def text(self) -> str:
        """What has been ranked so far."""
        if not self.ranked:
            return "Pick your first choice, then the next. Whom you leave out comes last."
        lines = [f"{place}. {plain(option)}" for place, option in enumerate(self.ranked, 1)]
        return "\n".join(lines)[:1900]

    def _build(self) -> None:
        self.clear_items()
        left = [option for option in self._options if option not in self.ranked]
        if left:
            select: discord.ui.Select[Any] = discord.ui.Select(
                custom_id="ballot:next",
                placeholder=f"Choice number {len(self.ranked) + 1}",
                options=[
                    discord.SelectOption(label=option[:LABEL], value=str(self._options.index(option)))
                    for option in left
                ],
            )
            self._select = select
            select.callback = self._picked  # type: ignore[method-assign]
            self.add_item(select)
        for label, style, verb, callback in (
            ("Cast this ranking", discord.ButtonStyle.success, "cast", self._done),
            ("Start again", discord.ButtonStyle.secondary, "again", self._again),
        ):
            button: discord.ui.Button[Any] = discord.ui.Button(
                label=label, style=style, custom_id=f"ballot:{verb}", disabled=not self.ranked
            )
            button.callback = callback  # type: ignore[method-assign]
            self.add_item(button)

    async def _picked(self, interaction: discord.Interaction) -> None:
        self.ranked.append(self._options[int(self._select.values[0])])
        self._build()
        await interaction.response.edit_message(content=self.text, view=self)

    async def _done(self, interaction: discord.Interaction) -> None:
        await self._cast(interaction, list(self.ranked))

    async def _again(self, interaction: discord.Interaction) -> None:
        self.ranked.clear()
        self._build()
        await interaction.response.edit_message(content=self.text, view=self)


def number_form(poll: str, options: Sequence[str], ballot: str, done: Typed) -> TextForm:
    """A form for a number, filled with that of an earlier ballot."""
    hint = f"From {options[0]} to {options[1]}, in steps of {options[2]}" if options else "Any number"
    return TextForm(f"Your ballot in {poll}", "Your number", hint, ballot, done)


def numbers_form(
    poll: str, options: Sequence[str], ballot: Mapping[str, int] | None, hint: str, done: Typed
) -> TextForm:
    """A form for scores or dots, filled with the options and the numbers of an earlier ballot."""
    filled = numbers_template(options, ballot)
    return TextForm(f"Your ballot in {poll}", "A number for each option", hint, filled, done, long=True)


class PollForm(Form):
    """The form of a new poll."""

    def __init__(
        self, method: str, done: Callable[[discord.Interaction, dict[str, str]], Awaitable[None]]
    ) -> None:
        super().__init__(title="A poll")
        self._done = done
        self._inputs: dict[str, discord.ui.TextInput[Any]] = {}
        fields = [
            ("title", "The question", "One sentence", 200, True, False),
            ("description", "What one should know", "Optional", 1000, False, True),
        ]
        if method == "numeric":
            fields.append(
                ("options", "The range", "Like 0 to 1 step 0.05; empty for any number", 60, False, False)
            )
        elif method != "gradient":
            fields.append(
                ("options", "Options, one per line", "2 to 25, at most 80 characters each", 2100, True, True)
            )
        for name, text, hint, most, required, long in fields:
            field: discord.ui.TextInput[Any] = discord.ui.TextInput(
                custom_id=name,
                style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
                max_length=most,
                required=required,
            )
            self._inputs[name] = field
            self.add_item(discord.ui.Label(text=text, description=hint, component=field))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Hand on what was typed."""
        await self._done(interaction, {name: field.value for name, field in self._inputs.items()})


class ReasonForm(Form):
    """A reason for one's ballot, shown after the close, with one's name only if one wants."""

    def __init__(self, done: Callable[[discord.Interaction, str, bool], Awaitable[None]]) -> None:
        super().__init__(title="Your reason")
        self._done = done
        self._text: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="reason", style=discord.TextStyle.paragraph, max_length=500, required=False
        )
        self._named: discord.ui.RadioGroup[Any] = discord.ui.RadioGroup(
            custom_id="named",
            options=[
                discord.RadioGroupOption(label="Without my name", value="no", default=True),
                discord.RadioGroupOption(label="With my name", value="yes"),
            ],
        )
        self.add_item(
            discord.ui.Label(
                text="Why", description="Everybody sees it after the close", component=self._text
            )
        )
        self.add_item(discord.ui.Label(text="Show it", component=self._named))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Hand on what was typed."""
        await self._done(interaction, self._text.value, self._named.value == "yes")
