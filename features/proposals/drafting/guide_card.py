"""The cards of a proposal in the making: what it would do so far, and the menus that change it."""

from dataclasses import replace
from functools import partial

import discord
import numpy as np

from features.proposals.drafting.guide import STEPS, TOURNAMENTS, DraftLine, kinds, value_of
from features.proposals.drafts import Fields
from features.simulation.effect import more_or_less
from features.simulation.impact_card import impact_card
from features.simulation.impact_chart import picture_of_softening
from features.simulation.proposal_impact import ProposalImpact
from governance.proposals.proposal import KINDS
from ui.card import BLUE, Card
from ui.text import caption, plain

TYPE = "type"  # the value of a menu's line that opens a form
NAMES = {"change": "what changes", "terms": "how it comes in", "words": "why"}
START = Card(
    "What would you change?",
    "Pick what it is about. You see who gains and who loses before you write a word, and nothing is filed "
    "until you say so.",
)


def guide_card(step: str, fields: Fields, impact: ProposalImpact | str, told: str) -> Card:
    """What the draft would do as it stands, or why that can't be told. told: what limits its filing."""
    kind = KINDS.get(fields.get("kind", ""), "change").capitalize()
    where = f"Step {STEPS.index(step) + 1} of {len(STEPS)}: {NAMES[step]} · {kind} · kept as your draft"
    small = "\n".join(filter(None, (told, where)))
    if isinstance(impact, str):
        return Card("That can't be read yet", plain(impact), small=small)
    if impact.reason_not:
        return Card("Nothing to simulate yet", plain(impact.reason_not), small=small)
    card = impact_card(impact)
    _, sums = card.text.split("\n", 1)
    card = replace(card, text=sums, small=small, colour=BLUE)
    if step != "terms":
        return card
    # five menus stand below it: what is said there is what they change
    if impact.pay is None or not impact.pay.terms.soften or not impact.pay.windows[0].rolling.starts.size:
        return replace(card, after="")
    window = impact.pay.windows[0]
    cost = more_or_less(float(np.median(window.rolling.together)))
    told = f"Softened like this, members get {cost}: the median of its starts."
    return replace(card, draw=partial(picture_of_softening, window), after=told)


def options_of_line(line: DraftLine, fields: Fields) -> list[discord.SelectOption]:
    """The options of a line's menu, the present value picked; one opens a form."""
    found = value_of(fields, line.key)
    choices = [(line.now, ""), *line.choices]
    if found not in [value for _, value in choices]:
        choices.insert(1, (found, found))
    options = [
        discord.SelectOption(
            label=caption(f"{line.name}: {words}", 100), value=f"={value}"[:100], default=value == found
        )
        for words, value in choices[:24]
    ]
    return [*options, discord.SelectOption(label=f"{line.name}: something else …", value=TYPE)]


def options_of_kind(fields: Fields) -> list[discord.SelectOption]:
    """Every kind of proposal; the present one is picked."""
    return [
        discord.SelectOption(label=words, value=f"={kind}", default=kind == fields.get("kind"))
        for words, kind in kinds()
    ]


def options_of_tournament(fields: Fields) -> list[discord.SelectOption]:
    """Every tournament; the present one is picked."""
    present = fields.get("tournament", "classic")
    return [
        discord.SelectOption(label=f"Numerai {name.title()}", value=f"={name}", default=name == present)
        for name in TOURNAMENTS
    ]
