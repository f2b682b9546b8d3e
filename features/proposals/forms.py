"""Forms of a proposal: what changes and why, then the rest, and one for an argument."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import discord

from ui.forms import Form, typed_in

Done = Callable[[discord.Interaction, dict[str, str]], Awaitable[None]]
LONG = discord.TextStyle.paragraph
FIRST: tuple[tuple[str, str, str, int, bool], ...] = (
    ("title", "Title", "One line that says what would be different", 100, True),
    ("problem", "The problem", "What goes wrong today, and for whom", 1000, True),
    ("change", "The change", "What exactly would be different", 1000, True),
    (
        "parameters",
        "Parameters, one per line",
        "rule: 1xCORR + 3xTC · cap: 1% · weights: sqrt · notice: 8 weeks · phase-in: 10 rounds",
        4000,
        False,
    ),
)
REST: tuple[tuple[str, str, str, int, bool], ...] = (
    ("evidence", "Evidence", "What speaks for it: numbers, rounds, links", 1000, False),
    ("alternatives", "Alternatives", "What else was thought of", 1000, False),
    ("drawbacks", "Drawbacks", "Who loses by it, what may go wrong", 1000, False),
    ("wrong_if", "What would show it was wrong", "So that a review can tell", 1000, False),
)


class ProposalForm(Form):
    """Up to five text fields, filled with what is there already."""

    def __init__(
        self,
        title: str,
        fields: tuple[tuple[str, str, str, int, bool], ...],
        filled: Mapping[str, str],
        done: Done,
        form: str,
    ) -> None:
        """form: its name, from which it is made again."""
        super().__init__(title, form)
        self._done = done
        for name, text, hint, most, required in fields:
            field: discord.ui.TextInput[Any] = discord.ui.TextInput(
                custom_id=name,
                style=LONG if most > 100 else discord.TextStyle.short,
                max_length=most,
                required=required,
                default=filled.get(name, "")[:most] or None,
            )
            self.add_item(discord.ui.Label(text=text, description=hint[:100], component=field))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Hand on what was typed."""
        await self._done(interaction, {name: text or "" for name, text in typed_in(interaction).items()})


class ArgumentForm(Form):
    """One claim for, against, or a question."""

    def __init__(self, number: int, done: Callable[[discord.Interaction, str, str], Awaitable[None]]) -> None:
        super().__init__(f"An argument about #{number}", f"proposal:argue:{number}")
        self._done = done
        side: discord.ui.Select[Any] = discord.ui.Select(
            custom_id="side",
            options=[
                discord.SelectOption(label="For", value="for"),
                discord.SelectOption(label="Against", value="against"),
                discord.SelectOption(label="A question", value="question"),
            ],
        )
        claim: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="claim", style=LONG, min_length=1, max_length=300
        )
        self.add_item(discord.ui.Label(text="Which side", component=side))
        self.add_item(
            discord.ui.Label(text="One claim, no names", description="Everybody can read it", component=claim)
        )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Hand on what was typed."""
        typed = typed_in(interaction)
        await self._done(interaction, typed["side"][0], typed["claim"])
