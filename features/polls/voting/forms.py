"""The forms in which a member votes and says why."""

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from features.polls.ballot_text import (
    STEP_WORDS,
    numbers_template,
    read_number,
    read_numbers,
)
from features.polls.poll_card import enough_words
from features.polls.view import PollView
from features.polls.voting.ranking_text import ranking_template, read_ranking
from governance.votes.ballots import HIGHEST_SCORE
from ui.forms import Form, TextForm, typed_in
from ui.text import caption

Cast = Callable[[discord.Interaction, PollView, Any], Awaitable[None]]
LABEL = 100  # characters of an option that can be picked
MOST_BOXES = 10  # options that Discord shows as boxes in a form; more are a menu in it
CHANGEABLE = "Hidden until the close, and yours to change until then"


class BallotForm(Form):
    """A ballot in one form, and a box to tick that says: I abstain."""

    def __init__(self, view: PollView, earlier: Any, abstained: bool, cast: Cast) -> None:
        """earlier: the choice of an earlier ballot, None without; abstained: whether that was one."""
        super().__init__(f"Your ballot in poll #{view.poll.number}", f"poll:ballot:{view.poll.poll_id}")
        self._view, self._cast = view, cast
        self.add_item(discord.ui.TextDisplay(f"{view.wins} {enough_words(view)}"))
        if view.method in ("single", "approval", "gradient"):
            self.add_item(_choices(view, earlier))
        else:
            self.add_item(_numbers(view, earlier))
        self.add_item(
            discord.ui.Label(
                text="I abstain",
                description="That is your ballot so far; answer above to change it"
                if abstained
                else "You take part without a choice: what stands above is not cast",
                component=discord.ui.Checkbox(custom_id="abstain"),
            )
        )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Cast the ballot."""
        await self._cast(interaction, self._view, choice_in(self._view, typed_in(interaction)))


def choice_in(view: PollView, typed: dict[str, Any]) -> Any:
    """The choice that a submitted ballot form says; None abstains. Raises ValueError where there is none."""
    if typed.get("abstain"):
        return None
    if view.method in ("single", "approval", "gradient"):
        picked: str | list[str] = typed.get("choice") or []
        values = _values(view)
        chosen = [values[int(place)] for place in ([picked] if isinstance(picked, str) else picked)]
        if not chosen:
            what = "everything you approve of" if view.method == "approval" else "one of the options"
            raise ValueError(f"Nothing was cast: pick {what}, or tick “I abstain”.")
        return chosen if view.method == "approval" else chosen[0]
    text = typed.get("text") or ""
    if not text.strip():
        what = "your number" if view.method == "numeric" else "a number for each option"
        raise ValueError(f"Nothing was cast: write {what}, or tick “I abstain”.")
    read = read_number if view.method == "numeric" else read_numbers
    return read(text, list(view.options))


def order_form(view: PollView, ballot: Any, cast: Cast) -> TextForm:
    """A form for a ranking, filled with the one so far."""

    async def done(interaction: discord.Interaction, text: str) -> None:
        ranked = read_ranking(text, list(view.options))
        if not ranked:
            raise ValueError("Nothing was cast: give at least one option a place, or press “I abstain”.")
        await cast(interaction, view, ranked)

    return TextForm(
        f"Your ranking in poll #{view.poll.number}",
        "The place of each option",
        "1 is best; the same number is equal; no number: not ranked. Or A > B = C",
        ranking_template(view.options, ballot),
        done,
        long=True,
        name=f"poll:order:{view.poll.poll_id}",
    )


class ReasonForm(Form):
    """A reason for one's ballot, shown after the close, with one's name only if one wants."""

    def __init__(
        self, poll_id: int, done: Callable[[discord.Interaction, str, bool], Awaitable[None]]
    ) -> None:
        super().__init__("Your reason", f"poll:reason:{poll_id}")
        self._done = done
        text: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="reason", style=discord.TextStyle.paragraph, max_length=500, required=False
        )
        named: discord.ui.RadioGroup[Any] = discord.ui.RadioGroup(
            custom_id="named",
            options=[
                discord.RadioGroupOption(label="Without my name", value="no", default=True),
                discord.RadioGroupOption(label="With my name", value="yes"),
            ],
        )
        self.add_item(
            discord.ui.Label(text="Why", description="Everybody sees it after the close", component=text)
        )
        self.add_item(discord.ui.Label(text="Show it", component=named))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Hand on what was typed."""
        typed = typed_in(interaction)
        await self._done(interaction, typed["reason"] or "", typed["named"] == "yes")


def _values(view: PollView) -> list[str]:
    """What can be picked, as it is cast."""
    return list(STEP_WORDS) if view.method == "gradient" else list(view.options)


def _choices(view: PollView, earlier: Any) -> discord.ui.Label[Any]:
    several = view.method == "approval"
    chosen = [earlier] if isinstance(earlier, str) else earlier or []
    rows: list[dict[str, Any]] = [
        {
            "label": caption(STEP_WORDS.get(value, value) if view.method == "gradient" else value, LABEL),
            "value": str(place),
            "default": value in chosen,
        }
        for place, value in enumerate(_values(view))
    ]
    picked: discord.ui.Select[Any] | discord.ui.CheckboxGroup[Any] | discord.ui.RadioGroup[Any]
    if len(rows) > MOST_BOXES:
        picked = discord.ui.Select(
            custom_id="choice",
            required=False,
            min_values=0,
            max_values=len(rows) if several else 1,
            options=[discord.SelectOption(**row) for row in rows],
        )
    elif several:
        picked = discord.ui.CheckboxGroup(
            custom_id="choice",
            required=False,
            min_values=0,
            max_values=len(rows),
            options=[discord.CheckboxGroupOption(**row) for row in rows],
        )
    else:
        picked = discord.ui.RadioGroup(
            custom_id="choice",
            required=False,
            options=[discord.RadioGroupOption(**row) for row in rows],
        )
    name = "All that you approve of" if several else "Your choice"
    return discord.ui.Label(text=name, description=CHANGEABLE, component=picked)


def _numbers(view: PollView, earlier: Any) -> discord.ui.Label[Any]:
    options, one = list(view.options), view.method == "numeric"
    if one:
        name, filled = "Your number", str(earlier or "")
        hint = f"From {options[0]} to {options[1]}, in steps of {options[2]}" if options else "Any number"
    else:
        name, filled = "A number for each option", numbers_template(options, earlier or None)
        dots = f"Together at most {view.poll.budget}"
        hint = dots if view.method == "dots" else f"From 0 to {HIGHEST_SCORE}"
    field: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id="text",
        default=filled or None,
        required=False,
        max_length=300 if one else 4000,
        style=discord.TextStyle.short if one else discord.TextStyle.paragraph,
    )
    return discord.ui.Label(text=name, description=hint[:100], component=field)
