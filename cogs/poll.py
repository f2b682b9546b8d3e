"""`/poll`: votes with several methods, one hidden ballot each, that anybody can recount."""

import asyncio
import io
from dataclasses import astuple
from datetime import timedelta
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from features.polls.buttons import FORMS, ITEMS, MOST_VOTES, poll_message, show_mine, vote_rows, withdraw
from features.polls.casting import check_in_sight
from features.polls.closing import ballots_and_electors, close_poll, hide_poll, poll_export
from features.polls.dialogs import POLL_FORMS, open_new_poll
from features.polls.exporting import export_files, export_words
from features.polls.opening import check_may_open, check_terms, read_quick
from features.polls.poll_card import polls_card
from features.polls.posting import show_poll
from features.polls.results.counting import exact_weighted
from features.polls.view import PollView, list_polls, poll_view
from governance.text import shown
from governance.votes.ballots import METHODS
from governance.votes.rule import LEAST, Rule
from storage.polls import closing
from storage.server.settings import settings_of
from tools import Client, Tools, choices_of, offering
from tournament.source import Tournament
from ui.card import Card, send
from ui.dialogs import agreed
from ui.errors import errors_answered
from ui.pages import CardPages
from ui.roles import check_may_post, check_moderator, is_moderator
from ui.server import guild_of
from ui.text import plain, shortened

METHOD_CHOICES = [
    app_commands.Choice(name=method.words.capitalize(), value=name) for name, method in METHODS.items()
]


@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
class PollCommands(commands.GroupCog, group_name="poll", group_description="Votes that anyone can recount"):
    """Votes: several methods, one hidden ballot each, changeable, counted under several strategies."""

    def __init__(self, tools: Tools, client: discord.Client) -> None:
        self.tools, self.client = tools, client

    async def interaction_check(self, interaction: discord.Interaction) -> bool:  # noqa: D102
        guild_of(interaction)
        return True

    @app_commands.command()
    @app_commands.choices(method=METHOD_CHOICES)
    @app_commands.describe(
        method="How people vote; one choice without it",
        hours="How long it is open; 72 without it",
        quorum="Ballots needed for a result; none without it",
        role="Only members with this role",
        server_days="Only members who joined so many days ago",
        account_days="Only Discord accounts so many days old",
        verified="Only members whose Numerai account is verified when it begins",
        tournament="Whose stakes count in the weighted views; Classic without it",
        least="Ballots below which nothing is told of how they voted; 5 without it, 2 at the lowest",
        blocks="Five steps: blocks of this percent or more stop it; 20 without it, 0: a single one does",
        favour="Five steps: least percent for it of those who took part; 20 without it",
        electorate="Five steps: least percent for it of the members the bot knows; none without it",
    )
    async def new(
        self,
        interaction: discord.Interaction,
        method: str = "single",
        hours: float = 72.0,
        quorum: int = 0,
        role: discord.Role | None = None,
        server_days: int = 0,
        account_days: int = 0,
        verified: bool = False,
        tournament: Tournament = "classic",
        least: int = LEAST,
        blocks: int = Rule.blocks,
        favour: int = Rule.favour,
        electorate: int = 0,
    ) -> None:
        """Start a poll in this channel; ballots are hidden until it closes

        People vote by one choice, by all they approve of, by an order, by scores from 0 to 5, by a number of
        which the median decides, by five steps from support to block, or by 10 dots to give away. Who may
        vote, how much verified accounts have staked, and when it is adopted is frozen at the start.
        """
        for what, days in (("server_days", server_days), ("account_days", account_days)):
            if not 0 <= days <= 3650:
                raise ValueError(f"{what} is a number of days from 0 to 3650.")
        if not 0 < hours <= 24 * 60:
            raise ValueError("A poll lasts up to 60 days: hours is a number above 0 and at most 1440.")
        rule = Rule(least, blocks, favour, electorate)
        check_terms(method, timedelta(hours=hours), quorum, rule)
        check_may_post(interaction)
        await check_may_open(self.tools.database, guild_of(interaction).id, interaction.user.id)
        await open_new_poll(
            interaction,
            {
                "method": method,
                "hours": hours,
                "quorum": quorum,
                "role": role.id if role else None,
                "server_days": server_days,
                "account_days": account_days,
                "verified": verified,
                "tournament": tournament,
                "rule": astuple(rule),
            },
        )

    @app_commands.command()
    @app_commands.describe(number="Which poll")
    async def show(self, interaction: discord.Interaction, number: int) -> None:
        """A poll and its buttons"""
        view = await self._view(interaction, number)
        await send(interaction, await poll_message(self.tools.drawing, view))

    @app_commands.command()
    @app_commands.describe(number="Which poll", take_back="Withdraw your ballot")
    async def my(self, interaction: discord.Interaction, number: int, take_back: bool = False) -> None:
        """Your own ballot and its receipt, or take it back while the poll is open"""
        view = await self._view(interaction, number)
        await (withdraw if take_back else show_mine)(interaction, view)

    @app_commands.command()
    @app_commands.describe(number="Which poll", cancel="End it without a result")
    async def close(self, interaction: discord.Interaction, number: int, cancel: bool = False) -> None:
        """Close a poll now, or cancel it: its author or a moderator"""
        view = await self._view(interaction, number)
        guild = guild_of(interaction)
        if view.poll.author != interaction.user.id:
            check_moderator(interaction, await settings_of(self.tools.database, guild.id))
        if view.poll.state != "open":
            raise ValueError(f"Poll #{number} is {view.poll.state} already.")
        if view.poll.proposal_id is not None and not is_moderator(
            interaction, await settings_of(self.tools.database, guild.id)
        ):
            raise ValueError("Only a moderator can end the vote on a proposal before its time.")
        if view.poll.proposal_id is not None and cancel:
            raise ValueError("The vote on a proposal can be closed, but not cancelled.")
        verb = "Cancel" if cancel else "Close"
        question = f"{verb} poll #{number} now? Ballots can't be cast any more."
        pressed = await agreed(interaction, question, f"{verb} #{number}")
        if pressed is None:
            return
        async with errors_answered(pressed):
            await self._end(view, cancel=cancel)
            view = await poll_view(self.tools.database, guild.id, number)
            _, told = await show_poll(self.tools, self.client, view, typed_in=interaction.channel)
            done = f"Poll #{number} is {view.poll.state}. {told}".strip()
            await pressed.followup.send(done, ephemeral=True)

    @app_commands.command()
    @app_commands.describe(number="Which poll", reason="Everybody can read it", show_again="Show it again")
    async def hide(
        self, interaction: discord.Interaction, number: int, reason: str, show_again: bool = False
    ) -> None:
        """Moderators: take a poll out of sight for a reason that is shown; nobody can vote in it then"""
        guild = guild_of(interaction)
        check_moderator(interaction, await settings_of(self.tools.database, guild.id))
        view = await self._view(interaction, number)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await hide_poll(self.tools.database, view, reason, self.tools.now(), hidden=not show_again)
        _, more = await show_poll(self.tools, self.client, await self._view(interaction, number))
        told = f"Poll #{number} is {'shown again' if show_again else 'hidden'}. {more}".strip()
        await interaction.followup.send(told, ephemeral=True)

    @app_commands.command()
    @app_commands.describe(number="Which poll", exact="The host of the bot alone: exact weighted totals")
    async def results(self, interaction: discord.Interaction, number: int, exact: bool = False) -> None:
        """The result of a closed poll, with what other voting strategies say where that tells on nobody"""
        await interaction.response.defer(ephemeral=True, thinking=True)
        view = await self._view(interaction, number)
        check_in_sight(view)
        if view.result is None:
            raise ValueError(f"Poll #{number} has no result: {_why_none(view)}")
        if exact:
            await interaction.followup.send(await self._exact(interaction, view), ephemeral=True)
            return
        await send(interaction, await poll_message(self.tools.drawing, view))

    @app_commands.command(name="list")
    @app_commands.describe(state="Only these", page="Which page")
    async def show_list(
        self,
        interaction: discord.Interaction,
        state: Literal["open", "closed", "cancelled"] | None = None,
        page: int = 1,
    ) -> None:
        """Polls of this server, newest first"""
        guild = guild_of(interaction)

        async def turn(wanted: int) -> tuple[Card, int]:
            lines, pages, total = await list_polls(self.tools.database, guild.id, state=state, page=wanted)
            return polls_card(lines, min(max(1, wanted), pages), pages, total), pages

        card, pages = await turn(page)
        newest, _, _ = await list_polls(self.tools.database, guild.id, state="open", page=1, size=MOST_VOTES)
        rows = vote_rows([(line.poll_id, line.number) for line in newest])
        await interaction.response.send_message(
            view=CardPages(turn, card, page, pages, rows, back="Newer", on="Older"), ephemeral=True
        )

    @app_commands.command()
    @app_commands.describe(number="Which poll", form="JSON to recount it; CSV for a spreadsheet")
    async def export(
        self,
        interaction: discord.Interaction,
        number: int,
        form: Literal["JSON", "CSV"] = "JSON",
    ) -> None:
        """Everything of a closed poll that anybody needs to recount it, without names"""
        await interaction.response.defer(ephemeral=True, thinking=True)
        view = await self._view(interaction, number)
        check_in_sight(view)
        body = await poll_export(self.tools.database, view)
        files = await asyncio.to_thread(export_files, body, number, form)
        await interaction.followup.send(
            export_words(body, next(name for name, _ in files if ".json" in name), form),
            files=[discord.File(io.BytesIO(content), filename=name) for name, content in files],
            ephemeral=True,
        )

    @app_commands.command()
    @app_commands.describe(
        question="At most 300 characters",
        answers="At most 10, separated by ; with at most 55 characters each",
        hours="How long it is open, 1 to 768; 24 without it",
        several="Whether one may pick several answers",
    )
    async def quick(
        self,
        interaction: discord.Interaction,
        question: str,
        answers: str,
        hours: app_commands.Range[int, 1, 768] = 24,
        several: bool = False,
    ) -> None:
        """A native Discord poll for a quick temperature: public, not secret, nothing to recount"""
        asked, choices = read_quick(shown(question), shown(answers), hours)
        check_may_post(interaction)
        await check_may_open(self.tools.database, guild_of(interaction).id, interaction.user.id)
        poll = discord.Poll(asked, timedelta(hours=hours), multiple=several)
        for each in choices:
            poll.add_answer(text=each)
        await interaction.response.send_message(poll=poll)

    @show.autocomplete("number")
    @my.autocomplete("number")
    @close.autocomplete("number")
    @hide.autocomplete("number")
    @results.autocomplete("number")
    @export.autocomplete("number")
    @offering
    async def _number(self, interaction: discord.Interaction, typed: Any) -> list[app_commands.Choice[int]]:
        lines, _, _ = await list_polls(
            self.tools.database, guild_of(interaction).id, state=None, page=1, size=100
        )
        wanted = str(typed or "").strip().lstrip("#").casefold()
        found = [(f"#{line.number} {line.title}", line.number) for line in lines]
        return choices_of([each for each in found if wanted in each[0].casefold()][:25])

    async def _view(self, interaction: discord.Interaction, number: int) -> PollView:
        return await poll_view(self.tools.database, guild_of(interaction).id, number)

    async def _end(self, view: PollView, *, cancel: bool) -> None:
        database, now = self.tools.database, self.tools.now()
        if cancel:
            await closing.cancel_poll(database, view.poll.guild_id, view.poll.poll_id, now)
            return
        for _ in range(5):  # a ballot that comes while it is counted asks for another count
            fresh = await poll_view(database, view.poll.guild_id, view.poll.number)
            if fresh.poll.state != "open" or await close_poll(database, fresh.poll, now, early=True):
                return
        raise ValueError("Ballots keep coming in: try again in a moment.")

    async def _exact(self, interaction: discord.Interaction, view: PollView) -> str:
        owner = (await self.client.application_info()).owner.id
        if interaction.user.id != owner:
            raise ValueError(
                "Exact weighted totals tell how large holders voted: only the host of the bot sees them."
            )
        cast, electors = await ballots_and_electors(self.tools.database, view.poll)
        views = await asyncio.to_thread(exact_weighted, view.method, view.options, cast, electors)
        lines = [f"{each.strategy}: {', '.join(map(str, each.winners))}" for each in views]
        return shortened(plain("\n".join(lines)), 1900)


def _why_none(view: PollView) -> str:
    if view.poll.state == "cancelled":
        return "it was cancelled."
    return f"it closes at {view.poll.closes_at:%Y-%m-%d %H:%M} UTC, and nothing is shown before."


async def setup(bot: Client) -> None:
    """Add the commands and the buttons that outlive their message."""
    await bot.add_cog(PollCommands(bot.tools, bot))
    bot.add_dynamic_items(*ITEMS)
    bot.forms |= FORMS
    bot.forms |= POLL_FORMS
