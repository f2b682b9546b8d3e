"""The dialogs in which a member votes: selects, buttons, a ranking, and forms for numbers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import discord

from features.polls.ballot_text import STEP_WORDS, numbers_template
from ui.errors import GuardedView, answer_error
from ui.text import plain

Cast = Callable[[discord.Interaction, Any], Awaitable[None]]
Typed = Callable[[discord.Interaction, str], Awaitable[None]]
LABEL = 100  # characters of a select's option
STEP_STYLES = {
    "strong_for": discord.ButtonStyle.success,
    "for": discord.ButtonStyle.success,
    "neutral": discord.ButtonStyle.secondary,
    "against": discord.ButtonStyle.danger,
    "strong_against": discord.ButtonStyle.danger,
}


class Choosing(GuardedView):
    """One option, or every option that is approved of; picking casts the ballot."""

    def __init__(self, options: Sequence[str], chosen: Sequence[str], cast: Cast, *, several: bool) -> None:
        super().__init__(timeout=600)
        self._cast, self._several = cast, several
        self._select: discord.ui.Select[Any] = discord.ui.Select(
            custom_id="ballot:choice",
            placeholder="Pick all you approve of" if several else "Pick one",
            min_values=0 if several else 1,
            max_values=len(options) if several else 1,
            options=[
                discord.SelectOption(label=option[:LABEL], value=str(place), default=option in chosen)
                for place, option in enumerate(options)
            ],
        )
        self._options = options
        self._select.callback = self._picked  # type: ignore[method-assign]
        self.add_item(self._select)

    async def _picked(self, interaction: discord.Interaction) -> None:
        picked = [self._options[int(place)] for place in self._select.values]
        await self._cast(interaction, picked if self._several else picked[0])


class Agreeing(GuardedView):
    """Five buttons, from support to block; pressing one casts the ballot."""

    def __init__(self, chosen: str | None, cast: Cast) -> None:
        super().__init__(timeout=600)
        for step, words in STEP_WORDS.items():
            button: discord.ui.Button[Any] = discord.ui.Button(
                label=f"✓ {words}" if step == chosen else words,
                style=STEP_STYLES[step],
                custom_id=f"ballot:{step}",
                row=0 if step in ("strong_for", "for", "neutral") else 1,
            )
            button.callback = self._pressed(step, cast)  # type: ignore[method-assign]
            self.add_item(button)

    @staticmethod
    def _pressed(step: str, cast: Cast) -> Callable[[discord.Interaction], Awaitable[None]]:
        async def pressed(interaction: discord.Interaction) -> None:
            await cast(interaction, step)

        return pressed


class Ranking(GuardedView):
    """Options picked one after the other, best first; who is not picked comes last."""

    def __init__(self, options: Sequence[str], cast: Cast) -> None:
        super().__init__(timeout=600)
        self._options, self._cast = options, cast
        self.ranked: list[str] = []
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


class NumbersForm(discord.ui.Modal):
    """A form with one text: a number, or a line of each option with its number."""

    def __init__(self, title: str, label: str, hint: str, filled: str, done: Typed, *, long: bool) -> None:
        super().__init__(title=title[:45])  # an id of its own: others may have the same form open
        self._done = done
        self._text: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="text",
            style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
            default=filled or None,
            max_length=4000 if long else 40,
            required=not long,
        )
        self.add_item(discord.ui.Label(text=label[:45], description=hint[:100], component=self._text))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Hand on what was typed."""
        await self._done(interaction, self._text.value)

    async def on_error(self, interaction: discord.Interaction, error: Exception) -> None:
        """Say what went wrong."""
        await answer_error(interaction, error)


def numbers_form(
    options: Sequence[str], ballot: Mapping[str, int] | None, hint: str, done: Typed
) -> NumbersForm:
    """A form for scores or dots, filled with the options and the numbers of an earlier ballot."""
    return NumbersForm(
        "Your ballot", "A number for each option", hint, numbers_template(options, ballot), done, long=True
    )


class PollForm(discord.ui.Modal):
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

    async def on_error(self, interaction: discord.Interaction, error: Exception) -> None:
        """Say what went wrong."""
        await answer_error(interaction, error)


class ReasonForm(discord.ui.Modal):
    """A reason for one's ballot, shown after the close, with one's name only if one wants."""

    def __init__(self, done: Callable[[discord.Interaction, str, bool], Awaitable[None]]) -> None:
        super().__init__(title="Your reason")
        self._done = done
        self._text: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="reason", style=discord.TextStyle.paragraph, max_length=500, required=False
        )
        self._named: discord.ui.Select[Any] = discord.ui.Select(
            custom_id="named",
            options=[
                discord.SelectOption(label="Without my name", value="no", default=True),
                discord.SelectOption(label="With my name", value="yes"),
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
        await self._done(interaction, self._text.value, self._named.values == ["yes"])

    async def on_error(self, interaction: discord.Interaction, error: Exception) -> None:
        """Say what went wrong."""
        await answer_error(interaction, error)
