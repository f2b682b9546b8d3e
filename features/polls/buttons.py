"""Votes being cast: the buttons of a poll, the dialogs behind them, and what stands behind its card."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

import discord

from features.polls.casting import (
    Member,
    cast_ballot,
    check_in_sight,
    check_may_vote,
    check_open,
    choice_of,
    give_reason,
    my_ballot,
    take_back,
)
from features.polls.poll_card import ballot_card, hidden_poll_card, no_ballot_card, poll_answer
from features.polls.receipt_buttons import ReceiptButton, receipt_form_again
from features.polls.results.result_card import result_answer
from features.polls.view import MyBallot, PollView, poll_with_id
from features.polls.voting.forms import BallotForm, ReasonForm, order_form
from features.polls.voting.ranking import CHANGES, RankingDraft, change_draft, draft_of
from features.polls.voting.ranking_card import CHANGED, ranking_card, ranking_rows
from storage.polls import reminders
from tools import Tools, questions_of, show_cards, tools_of
from ui.answer import Answer, page_message, pages_of
from ui.card import Message, Row, message_of, row_of, send
from ui.drawing import DrawingThread
from ui.errors import errors_answered
from ui.forms import Again, Form, open_form
from ui.server import guild_of
from wording.methods import methods_line

REMIND_BEFORE = timedelta(hours=6)
RANKED = ("ranked_irv", "ranked_schulze")
MOST_VOTES = 5  # buttons that Discord puts into a row
LABELS = {
    "vote": "Vote",
    "my": "My ballot",
    "behind": "Details",
    "remind": "Remind me",
    "reason": "Say why",
    "withdraw": "Take it back",
}


class PollButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"poll:(?P<verb>vote|my|behind|remind|reason|withdraw):(?P<poll>[0-9]{1,18})",
):
    """A button of a poll: vote, see one's own ballot or what stands behind, be reminded, say why."""

    def __init__(self, verb: str, poll_id: int, label: str = "") -> None:
        style = discord.ButtonStyle.primary if verb == "vote" else discord.ButtonStyle.secondary
        super().__init__(
            discord.ui.Button(label=label or LABELS[verb], style=style, custom_id=f"poll:{verb}:{poll_id}")
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
            if self.verb == "my":
                await show_mine(interaction, view)
                return
            check_in_sight(view)
            if self.verb == "vote":
                await _vote(interaction, view)
            elif self.verb == "behind":
                await interaction.response.defer(ephemeral=True, thinking=True)
                await send(interaction, await page_of(interaction, view, 0))
            elif self.verb == "reason":
                await open_form(interaction, ReasonForm(self.poll_id, _say_why(view)))
            elif self.verb == "withdraw":
                await withdraw(interaction, view)
            else:
                await _remind(interaction, view)


class PollPages(discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"poll:page:(?P<poll>[0-9]{1,18})"):
    """The menu that turns the pages behind a poll's card."""

    def __init__(self, poll_id: int, titles: list[discord.SelectOption] | None = None) -> None:
        super().__init__(discord.ui.Select(custom_id=f"poll:page:{poll_id}", options=titles or []))
        self.poll_id = poll_id

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "PollPages":
        return cls(int(match["poll"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Show that page in place of this one."""
        async with errors_answered(interaction):
            await interaction.response.defer()
            tools = tools_of(interaction)
            view = await poll_with_id(tools.database, guild_of(interaction).id, self.poll_id)
            check_in_sight(view)
            shown = await page_of(interaction, view, int(self.item.values[0]))
            await interaction.edit_original_response(view=shown.view, attachments=shown.files)


class RankItem(
    discord.ui.DynamicItem[discord.ui.Item[Any]],
    template=r"poll:rank-(?P<verb>next|pick|up|down|level|out|undo|again|cast|type|abstain):"
    r"(?P<poll>[0-9]{1,18})(:(?P<place>[0-9]{1,2}):(?P<mark>[0-9a-f]{8}))?",
):
    """A menu or a button under a ranking that is being put together."""

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "RankItem":
        return cls(item)

    async def callback(self, interaction: discord.Interaction) -> None:
        """Do what its id says with the member's ranking."""
        async with errors_answered(interaction):
            match = self.template.fullmatch(self.custom_id)
            assert match is not None
            view = await poll_with_id(
                tools_of(interaction).database, guild_of(interaction).id, int(match["poll"])
            )
            item: Any = self.item  # a menu where the id names no place
            place = int(match["place"] or item.values[0])
            await _rank(interaction, view, match["verb"], place, match["mark"] or "")


def answer_of(view: PollView) -> Answer:
    """What a poll's card says as it stands now, and what is behind it."""
    return poll_answer(view) if view.result is None else result_answer(view, view.result)


async def poll_message(drawing: DrawingThread, view: PollView) -> Message:
    """A poll's card with its buttons."""
    if view.hidden:
        return await message_of(drawing, [hidden_poll_card(view)], [])
    verbs = {"open": ("vote", "my", "behind"), "closed": ("my", "behind")}.get(view.poll.state, ("my",))
    rows = [row_of(*(PollButton(verb, view.poll.poll_id) for verb in verbs))]
    return await message_of(drawing, [answer_of(view).card], rows)


def vote_rows(polls: Sequence[tuple[int, int]]) -> list[Row]:
    """A row of buttons that vote in these polls, each (id, number); none where there are none."""
    votes = [PollButton("vote", poll_id, f"Vote in #{number}") for poll_id, number in polls[:MOST_VOTES]]
    return [row_of(*votes)] if votes else []


async def page_of(interaction: discord.Interaction, view: PollView, page: int) -> Message:
    """A page of what stands behind a poll's card, with a menu of the others."""
    asked = questions_of(interaction)
    pages = pages_of(answer_of(view), methods_line("poll", asked.docs_url))
    return await page_message(asked.drawing, pages, page, lambda titles: PollPages(view.poll.poll_id, titles))


async def _vote(interaction: discord.Interaction, view: PollView) -> None:
    """Open the dialog of the poll's method, filled with an earlier ballot."""
    tools = tools_of(interaction)
    check_open(view, tools.now())
    await check_may_vote(tools.database, view, _member(interaction), tools.now())
    earlier, voted = await choice_of(tools.database, view, interaction.user.id)
    if view.method in RANKED:
        draft = await draft_of(tools.database, view, interaction.user.id, earlier)
        await send(interaction, await _ranking(tools, view, draft))
    else:
        form = BallotForm(view, earlier, voted and earlier is None, cast_and_tell)
        await open_form(interaction, form)


async def _ranking(
    tools: Tools, view: PollView, draft: RankingDraft, selected: int | None = None, told: str = ""
) -> Message:
    """The ranking as it stands; the buttons move what is selected, else the newest."""
    order = draft.order
    if selected not in order:
        selected = order[-1] if order else None
    rows = [row_of(*(RankItem(item) for item in row)) for row in ranking_rows(view, draft, selected)]
    return await message_of(tools.drawing, [ranking_card(view, draft, selected, told)], rows)


async def _rank(interaction: discord.Interaction, view: PollView, verb: str, place: int, mark: str) -> None:
    """Change the ranking and show it where it stands, or cast it."""
    tools, member_id = tools_of(interaction), interaction.user.id
    check_open(view, tools.now())
    earlier, _ = await choice_of(tools.database, view, member_id)
    if verb in CHANGES or verb == "undo":
        draft = await change_draft(tools.database, view, member_id, earlier, verb, place, mark, tools.now())
    else:
        draft = await draft_of(tools.database, view, member_id, earlier)
    if verb == "type":
        await open_form(interaction, _order_form(view, draft))
        return
    if verb == "abstain" or (verb == "cast" and mark == draft.mark):
        choice = None if verb == "abstain" else draft.ballot
        await cast_and_tell(interaction, view, choice, instead=True)
        return
    shown = await _ranking(tools, view, draft, place, CHANGED if verb == "cast" else "")
    await interaction.response.edit_message(view=shown.view)


def _order_form(view: PollView, draft: RankingDraft) -> Form:
    return order_form(view, draft.ballot, partial(cast_and_tell, instead=True))


async def _form_again(interaction: discord.Interaction, match: re.Match[str]) -> Form:
    """A form of a poll as a button opens it."""
    tools, member_id = tools_of(interaction), interaction.user.id
    view = await poll_with_id(tools.database, guild_of(interaction).id, int(match["poll"]))
    if match["what"] == "reason":
        return ReasonForm(view.poll.poll_id, _say_why(view))
    earlier, voted = await choice_of(tools.database, view, member_id)
    if match["what"] == "order":
        return _order_form(view, await draft_of(tools.database, view, member_id, earlier))
    return BallotForm(view, earlier, voted and earlier is None, cast_and_tell)


ITEMS = (PollButton, PollPages, RankItem, ReceiptButton)
# how the forms of polls are made again
FORMS: Mapping[str, Again] = MappingProxyType(
    {
        r"poll:(?P<what>ballot|order|reason):(?P<poll>[0-9]{1,18})": _form_again,
        r"poll:receipt:(?P<poll>[0-9]{1,18})": receipt_form_again,
    }
)


async def cast_and_tell(
    interaction: discord.Interaction, view: PollView, choice: Any, *, instead: bool = False
) -> None:
    """Cast a ballot, and acknowledge it once it is on disk; instead: in place of what was pressed."""
    tools = tools_of(interaction)
    mine = await cast_ballot(tools.database, view, _member(interaction), choice, tools.now())
    await _tell(interaction, view, mine, instead=instead)


def _say_why(view: PollView) -> Callable[[discord.Interaction, str, bool], Awaitable[None]]:
    async def done(interaction: discord.Interaction, text: str, named: bool) -> None:
        tools = tools_of(interaction)
        await give_reason(tools.database, view, interaction.user.id, text, named, tools.now())
        await interaction.response.send_message(
            "Your reason is kept; it is shown after the close.", ephemeral=True
        )

    return done


async def show_mine(interaction: discord.Interaction, view: PollView) -> None:
    """A member's own ballot and what can be done with it, for their eyes only."""
    await _tell(interaction, view, await my_ballot(tools_of(interaction).database, view, interaction.user.id))


async def _tell(
    interaction: discord.Interaction, view: PollView, mine: MyBallot | None, *, instead: bool = False
) -> None:
    verbs = ("vote", "remind") if mine is None else ("vote", "reason", "withdraw")
    rows: list[Row] = []
    if view.poll.state == "open":
        labels = {"vote": "Vote" if mine is None else "Change it"}
        rows = [row_of(*(PollButton(verb, view.poll.poll_id, labels.get(verb, "")) for verb in verbs))]
    elif view.result is not None:
        rows = [row_of(ReceiptButton(view.poll.poll_id))]
    card = no_ballot_card(view) if mine is None else ballot_card(mine)
    if instead:
        shown = await message_of(tools_of(interaction).drawing, [card], rows)
        await interaction.response.edit_message(view=shown.view)
    else:
        await show_cards(interaction, [card], rows)


async def withdraw(interaction: discord.Interaction, view: PollView) -> None:
    """Take a member's ballot back."""
    tools = tools_of(interaction)
    gone = await take_back(tools.database, view, interaction.user.id, tools.now())
    told = "Your ballot is withdrawn." if gone else "You have not voted in it."
    await interaction.response.send_message(told, ephemeral=True)


async def _remind(interaction: discord.Interaction, view: PollView) -> None:
    tools = tools_of(interaction)
    due = max(tools.now(), view.poll.closes_at - REMIND_BEFORE)
    added = await reminders.add_reminder(
        tools.database, view.poll.guild_id, view.poll.poll_id, interaction.user.id, due
    )
    told = f"I'll write to you {discord.utils.format_dt(due, 'R')}." if added else "It is closed already."
    await interaction.response.send_message(told, ephemeral=True)


def _member(interaction: discord.Interaction) -> Member:
    user = interaction.user
    if not isinstance(user, discord.Member):
        return Member(user.id, frozenset(), None, user.created_at)
    roles = frozenset(role.id for role in user.roles)
    return Member(user.id, roles, user.joined_at, user.created_at)
