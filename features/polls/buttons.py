"""Votes being cast: the buttons of a poll, the dialogs behind them, and its public card."""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import discord

from features.polls.ballot_text import read_number, read_numbers
from features.polls.casting import (
    Member,
    cast_ballot,
    check_may_vote,
    check_open,
    choice_of,
    give_reason,
    my_ballot,
)
from features.polls.dialogs import Agreeing, Choosing, NumbersForm, Ranking, ReasonForm, numbers_form
from features.polls.poll_card import ballot_card
from features.polls.view import PollView, poll_with_id
from storage.polls import reminders
from tools import tools_of
from ui.errors import errors_answered
from ui.server import guild_of

log = logging.getLogger("roundtable.voting")
REMIND_BEFORE = timedelta(hours=6)


class PollButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"poll:(?P<verb>vote|my|remind|reason):(?P<poll>[0-9]{1,18})",
):
    """A button of a poll: vote, see one's own ballot, be reminded, say why."""

    def __init__(self, verb: str, poll_id: int) -> None:
        style = discord.ButtonStyle.primary if verb == "vote" else discord.ButtonStyle.secondary
        super().__init__(
            discord.ui.Button(label=_LABELS[verb], style=style, custom_id=f"poll:{verb}:{poll_id}")
        )
        self.verb, self.poll_id = verb, poll_id

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "PollButton":
        return cls(match["verb"], int(match["poll"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Do what the button says."""
        async with errors_answered(interaction):
            tools = tools_of(interaction)
            view = await poll_with_id(tools.database, guild_of(interaction).id, self.poll_id)
            if self.verb == "vote":
                await _vote(interaction, view)
            elif self.verb == "my":
                await show_mine(interaction, view)
            elif self.verb == "reason":
                await interaction.response.send_modal(ReasonForm(_say_why(view)))
            else:
                due = max(tools.now(), view.poll.closes_at - REMIND_BEFORE)
                added = await reminders.add_reminder(
                    tools.database, view.poll.guild_id, view.poll.poll_id, interaction.user.id, due
                )
                told = (
                    f"I'll write to you {discord.utils.format_dt(due, 'R')}."
                    if added
                    else "It is closed already."
                )
                await interaction.response.send_message(told, ephemeral=True)


_LABELS = {"vote": "Vote", "my": "My ballot", "remind": "Remind me", "reason": "Say why"}


async def _vote(interaction: discord.Interaction, view: PollView) -> None:
    """Open the dialog of the poll's method, filled with an earlier ballot."""
    tools = tools_of(interaction)
    check_open(view, tools.now())
    await check_may_vote(tools.database, view, _member(interaction), tools.now())
    earlier = await choice_of(tools.database, view, interaction.user.id)
    options = list(view.options)
    if view.method in ("single", "approval"):
        chosen = [earlier] if isinstance(earlier, str) else list(earlier or ())
        dialog: Any = Choosing(options, chosen, _cast(view), several=view.method == "approval")
        text = "Your ballot is hidden until the close, and can be changed until then."
    elif view.method == "gradient":
        dialog, text = Agreeing(earlier, _cast(view)), "How far do you agree?"
    elif view.method in ("ranked_irv", "ranked_schulze"):
        dialog = Ranking(options, _cast(view))
        text = dialog.text
    elif view.method == "numeric":
        low_high = f"from {options[0]} to {options[1]}" if options else "any number"
        await interaction.response.send_modal(
            NumbersForm(
                "Your ballot", "Your number", low_high, str(earlier or ""), _number_typed(view), long=False
            )
        )
        return
    else:
        hint = f"Together at most {view.poll.budget}" if view.method == "dots" else "From 0 to 5"
        await interaction.response.send_modal(
            numbers_form(options, earlier or None, hint, _numbers_typed(view))
        )
        return
    await interaction.response.send_message(text, view=dialog, ephemeral=True)


def _cast(view: PollView) -> Callable[[discord.Interaction, Any], Awaitable[None]]:
    async def cast(interaction: discord.Interaction, choice: Any) -> None:
        await cast_and_tell(interaction, view, choice)

    return cast


def _number_typed(view: PollView) -> Callable[[discord.Interaction, str], Awaitable[None]]:
    async def done(interaction: discord.Interaction, text: str) -> None:
        await cast_and_tell(interaction, view, read_number(text, list(view.options)))

    return done


def _numbers_typed(view: PollView) -> Callable[[discord.Interaction, str], Awaitable[None]]:
    async def done(interaction: discord.Interaction, text: str) -> None:
        await cast_and_tell(interaction, view, read_numbers(text, list(view.options)))

    return done


async def cast_and_tell(interaction: discord.Interaction, view: PollView, choice: Any) -> None:
    """Cast a ballot, and acknowledge it once it is on disk."""
    tools = tools_of(interaction)
    mine = await cast_ballot(tools.database, view, _member(interaction), choice, tools.now())
    buttons = discord.ui.View(timeout=None)
    buttons.add_item(PollButton("reason", view.poll.poll_id))
    await interaction.response.send_message(embed=ballot_card(mine), view=buttons, ephemeral=True)
    interaction.client.dispatch("ballot", view.poll.guild_id, view.poll.poll_id)


def _say_why(view: PollView) -> Callable[[discord.Interaction, str, bool], Awaitable[None]]:
    async def done(interaction: discord.Interaction, text: str, named: bool) -> None:
        tools = tools_of(interaction)
        await give_reason(tools.database, view, interaction.user.id, text, named, tools.now())
        await interaction.response.send_message(
            "Your reason is kept; it is shown after the close.", ephemeral=True
        )

    return done


async def show_mine(interaction: discord.Interaction, view: PollView) -> None:
    """A member's own ballot, for their eyes only."""
    mine = await my_ballot(tools_of(interaction).database, view, interaction.user.id)
    await interaction.response.send_message(embed=ballot_card(mine), ephemeral=True)


def _member(interaction: discord.Interaction) -> Member:
    user = interaction.user
    if not isinstance(user, discord.Member):
        return Member(user.id, frozenset(), None, user.created_at)
    roles = frozenset(role.id for role in user.roles)
    return Member(user.id, roles, user.joined_at, user.created_at)
