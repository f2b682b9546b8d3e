"""Votes being cast: the buttons of a poll, the dialogs behind them, and its public card."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import discord
from discord import app_commands

from answers import polls
from answers.ballot_text import read_number, read_numbers
from answers.polls import Member, PollView
from charts.poll import picture_of_result
from cogs import Tools, files_of, tools_of
from storage import closing, reminders
from ui.errors import errors_answered
from ui.forum import Place, Post, post_in, update
from ui.poll import ballot_card, poll_card, result_cards
from ui.voting import Agreeing, Choosing, NumbersForm, Ranking, ReasonForm, numbers_form

log = logging.getLogger("roundtable.voting")

EVERY = 3.0  # seconds between two edits of a public card, at least
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
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: Any, /
    ) -> "PollButton":
        return cls(match["verb"], int(match["poll"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button says."""
        async with errors_answered(interaction):
            tools = tools_of(interaction)
            view = await polls.poll_with_id(tools.database, _guild(interaction).id, self.poll_id)
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


class CardQueue:
    """Brings public cards up to date, each at most once in three seconds, however many vote."""

    def __init__(self, tools: Tools, client: discord.Client, *, every: float = EVERY) -> None:
        self._tools, self._client, self._every = tools, client, every
        self._waiting: dict[int, asyncio.Task[None]] = {}
        self._edited: dict[int, float] = {}

    def touch(self, view: PollView) -> None:
        """The card of this poll should be brought up to date soon."""
        poll_id = view.poll.poll_id
        if poll_id not in self._waiting:
            self._waiting[poll_id] = asyncio.create_task(self._edit(view.poll.guild_id, poll_id))

    def close(self) -> None:
        """Give up what waits: a later ballot or the close edits the card anyway."""
        for task in self._waiting.values():
            task.cancel()

    async def _edit(self, guild_id: int, poll_id: int) -> None:
        try:
            wait = self._edited.get(poll_id, 0.0) + self._every - time.monotonic()
            await asyncio.sleep(max(wait, 0.0))
            self._waiting.pop(poll_id, None)  # whoever votes from here on asks for another edit
            self._edited[poll_id] = time.monotonic()
            view = await polls.poll_with_id(self._tools.database, guild_id, poll_id)
            if view.poll.state == "open":
                await show_poll(self._tools, self._client, view)
        except (discord.HTTPException, ValueError) as error:
            log.info("a card could not be brought up to date: %s", error)


def buttons_of(view: PollView) -> discord.ui.View:
    """The buttons under a poll's card."""
    buttons = discord.ui.View(timeout=None)
    verbs = ("vote", "my", "remind") if view.poll.state == "open" else ("my",)
    for verb in verbs:
        buttons.add_item(PollButton(verb, view.poll.poll_id))
    return buttons


async def show_poll(tools: Tools, client: discord.Client, view: PollView, *, typed_in: Any = None) -> None:
    """Post a poll's card, or bring it up to date; one that is gone is posted again."""
    guild = client.get_guild(view.poll.guild_id)
    if guild is None:
        return
    cards, files = [poll_card(view)], []
    if view.result is not None:
        cards = result_cards(view, view.result)
        files = files_of(await tools.drawing.run(picture_of_result, view.result, view.poll.title))
    name = f"Poll #{view.poll.number} {view.poll.title}"
    post = Post(name[:100], cards, files, buttons_of(view), ())
    if view.poll.message is not None and view.poll.channel is not None:
        place = Place(view.poll.channel, view.poll.thread, view.poll.message)
        # a poll may stand in a discussion of something else, which keeps its name and tags
        if await update(guild, place, replace(post, name="")) is not None:
            return
        typed_in = typed_in or guild.get_channel_or_thread(view.poll.channel)
    if typed_in is None:
        log.info("a poll has nowhere to be shown")
        return
    try:
        place, _ = await post_in(typed_in, post)
    except ValueError as error:
        log.warning("a poll can't be shown: %s", error)
        return
    await closing.set_poll_place(
        tools.database,
        guild.id,
        view.poll.poll_id,
        channel=place.channel,
        thread=place.thread,
        message=place.message,
    )


async def verified_here(tools: Tools, guild: discord.Guild) -> list[int]:
    """Verified members of this server; who they are is asked one by one, since members can't be listed."""
    found = []
    for member_id in await polls.verified_ids(tools.database):
        if guild.get_member(member_id) is None:
            try:
                await guild.fetch_member(member_id)
            except discord.NotFound:
                continue
        found.append(member_id)
    return found


async def _vote(interaction: discord.Interaction[Any], view: PollView) -> None:
    """Open the dialog of the poll's method, filled with an earlier ballot."""
    tools = tools_of(interaction)
    polls.check_open(view, tools.now())
    await polls.check_may_vote(tools.database, view, _member(interaction), tools.now())
    earlier = await polls.choice_of(tools.database, view, interaction.user.id)
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


def _cast(view: PollView) -> Callable[[discord.Interaction[Any], Any], Awaitable[None]]:
    async def cast(interaction: discord.Interaction[Any], choice: Any) -> None:
        await cast_and_tell(interaction, view, choice)

    return cast


def _number_typed(view: PollView) -> Callable[[discord.Interaction[Any], str], Awaitable[None]]:
    async def done(interaction: discord.Interaction[Any], text: str) -> None:
        await cast_and_tell(interaction, view, read_number(text))

    return done


def _numbers_typed(view: PollView) -> Callable[[discord.Interaction[Any], str], Awaitable[None]]:
    async def done(interaction: discord.Interaction[Any], text: str) -> None:
        await cast_and_tell(interaction, view, read_numbers(text, list(view.options)))

    return done


async def cast_and_tell(interaction: discord.Interaction[Any], view: PollView, choice: Any) -> None:
    """Cast a ballot, and acknowledge it once it is on disk."""
    tools = tools_of(interaction)
    mine = await polls.cast_ballot(tools.database, view, _member(interaction), choice, tools.now())
    buttons = discord.ui.View(timeout=None)
    buttons.add_item(PollButton("reason", view.poll.poll_id))
    await interaction.response.send_message(embed=ballot_card(mine), view=buttons, ephemeral=True)
    cards: CardQueue = interaction.client.cards  # type: ignore[attr-defined]
    cards.touch(view)


def _say_why(view: PollView) -> Callable[[discord.Interaction[Any], str, bool], Awaitable[None]]:
    async def done(interaction: discord.Interaction[Any], text: str, named: bool) -> None:
        tools = tools_of(interaction)
        await polls.give_reason(tools.database, view, interaction.user.id, text, named, tools.now())
        await interaction.response.send_message(
            "Your reason is kept; it is shown after the close.", ephemeral=True
        )

    return done


async def show_mine(interaction: discord.Interaction[Any], view: PollView) -> None:
    """A member's own ballot, for their eyes only."""
    mine = await polls.my_ballot(tools_of(interaction).database, view, interaction.user.id)
    await interaction.response.send_message(embed=ballot_card(mine), ephemeral=True)


def _member(interaction: discord.Interaction[Any]) -> Member:
    user = interaction.user
    roles = frozenset(role.id for role in user.roles) if isinstance(user, discord.Member) else frozenset()
    joined = user.joined_at if isinstance(user, discord.Member) else None
    return Member(user.id, roles, joined, user.created_at)


def _guild(interaction: discord.Interaction[Any]) -> discord.Guild:
    if interaction.guild is None:
        raise app_commands.NoPrivateMessage
    return interaction.guild
