"""Questions about what a proposal would do: to everyone, to the member who asks, or to anybody they name."""

from dataclasses import replace

import discord

from features.account.dialogs import about_me, whom
from features.proposals.view import check_visible, proposal_view
from features.simulation.impact_card import impact_answer, member_answer
from features.simulation.proposal_impact import member_impact, proposal_impact
from storage.members.links import link_of
from tools import SAMPLE, questions_of, tools_of
from ui.answer import ROUNDS, Answer, Asked, Question, text_field
from ui.server import guild_of

SIMULATE = "proposal simulate"


async def ask_simulation(
    interaction: discord.Interaction, number: int, rounds: str | None = None, name: str | None = None
) -> None:
    """Answer what a proposal would do, for whoever has been told to wait; name: None for everyone."""
    asked = {"number": number, "rounds": rounds, "name": name, "tournament": None}
    await questions_of(interaction).reply(interaction, SIMULATE, asked)


async def ask_impact(interaction: discord.Interaction, asked: Asked) -> None:
    """The same about the member who asks, where no name is given; without a link they are asked for it."""
    found = await whom(interaction, asked, SIMULATE)
    if found is not None:
        await questions_of(interaction).reply(interaction, SIMULATE, {**asked, "name": found["name"]})


async def ask_about_me(interaction: discord.Interaction, number: int, name: str | None = None) -> None:
    """What a proposal would do to the member who asks, or to who is named."""
    tools = tools_of(interaction)
    # nobody is asked who they are for a proposal that is not there
    check_visible(await proposal_view(tools.database, guild_of(interaction).id, number, tools.now()))
    await ask_impact(interaction, {"number": number, "rounds": None, "name": name, "tournament": None})


async def _simulated(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    tools = tools_of(interaction)
    view = await proposal_view(tools.database, guild_of(interaction).id, asked["number"], tools.now())
    check_visible(view)
    proposal, rounds, name = view.proposal, asked["rounds"], asked["name"]
    source = tools.source(SAMPLE if asked["tournament"] == SAMPLE else proposal.tournament)
    link = await link_of(tools.database, interaction.user.id if shown_by is None else shown_by)
    own = link.name if link is not None and link.tournament == source.tournament else None
    if name is None:
        return impact_answer(await proposal_impact(source, proposal, rounds=rounds), asked, own)
    impact = await member_impact(source, proposal, name, rounds=rounds)
    impact = replace(impact, yours=impact.name == own) if shown_by is None else impact.for_others(own)
    return member_answer(impact, asked, own)


async def _about_whoever_presses(interaction: discord.Interaction, asked: Asked) -> None:
    await ask_impact(interaction, about_me(asked))


SIMULATION = Question(
    _simulated,
    fields={
        "rounds": ROUNDS,
        "name": text_field(
            "name", "Whose pay", "A model or an account", "As it is spelled on the leaderboard"
        ),
    },
    mine=_about_whoever_presses,
    go=ask_impact,
)
