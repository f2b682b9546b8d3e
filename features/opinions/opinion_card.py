"""Cards of `/opinion`: a statement to vote on, the list of them, and what the votes say together."""

from collections.abc import Sequence

import discord

from features.opinions.map import Line, OpinionPicture
from features.opinions.statements import StatementPage, Turn
from governance.text import clean_line
from storage.opinions import Statement
from ui.card import AMBER, BLUE, CHART, FIELD, GREEN, GREY
from ui.text import plain, shortened
from wording.numbers import counted

SAID = {1: "agree", -1: "disagree", 0: "pass"}
DID = {1: "agreed with", -1: "disagreed with", 0: "passed on"}
LIMIT = "The map shows who votes alike, of those who voted. It is no vote, and not what all members think."


def added_card(statement: Statement) -> discord.Embed:
    """A statement that was just added."""
    card = discord.Embed(title=f"Statement #{statement.number} is added", colour=GREEN)
    card.description = plain(statement.claim)
    card.set_footer(text="Others see it without your name. Vote on it, too: /opinion vote")
    return card


def turn_card(turn: Turn, *, done: str = "") -> discord.Embed:
    """The statement to vote on now, or that nothing is left; `done` says what was just voted."""
    card = discord.Embed(colour=BLUE)
    if turn.statement is None:
        card.title = "Nothing is left to vote on"
        card.description = (
            f"You have voted on all {counted(turn.total, 'statement')}. "
            "/opinion map shows what the votes say; /opinion add adds a claim of yours."
            if turn.total
            else "There is no statement here yet. Add the first one with /opinion add."
        )
    else:
        card.title = f"Statement #{turn.statement.number}"
        card.description = f"**{plain(turn.statement.claim)}**"
        if turn.own is not None:
            card.description += f"\nSo far you {SAID[turn.own]}; another vote takes its place."
    left = f"{turn.left:,} of {counted(turn.total, 'statement')} left · " if turn.left else ""
    done = f"{done} · " if done else ""
    card.set_footer(text=f"{done}{left}nobody sees who voted what; pass if you are unsure")
    return card


def list_card(found: StatementPage) -> discord.Embed:
    """A page of statements, the newest first; of hidden ones the reason."""
    card = discord.Embed(title=counted(found.total, "statement").capitalize(), colour=BLUE)
    lines: list[str] = []
    for each in found.statements:
        if each.hidden_reason is not None:
            lines.append(
                f"**#{each.number}** hidden by the moderators: {shortened(plain(each.hidden_reason), 250)}"
            )
            continue
        own = found.own.get(each.statement_id)
        said = "" if own is None else f" · you {SAID[own]}"
        lines.append(f"**#{each.number}** {plain(each.claim)}\n{counted(each.votes, 'vote')}{said}")
    card.description = "\n".join(lines) or "Nothing here yet. Add the first one with /opinion add."
    card.set_footer(
        text=f"Page {found.page} of {found.pages} · /opinion vote statement:… changes a vote of yours"
    )
    return card


def opinion_card(found: OpinionPicture) -> discord.Embed:
    """Groups and what is typical of each, what unites all, what divides; without groups the reason."""
    card = discord.Embed(title=f"{found.finding}."[:256], colour=GREEN if found.camps else AMBER)
    yours = f"\nYou vote with group {found.yours}." if found.yours else ""
    card.description = plain(found.reason) + yours
    for camp in found.camps:
        card.add_field(
            name=f"Group {camp.letter}: {counted(camp.size, 'member')}",
            value=_lines(camp.typical, "No statement sets it apart clearly."),
            inline=False,
        )
    everybody = "all groups" if found.camps else "most"
    card.add_field(
        name=f"What unites {everybody}",
        value=_lines(
            found.unites,
            "Nothing that at least five in each group have voted on."
            if found.camps
            else "Nothing that at least five have voted on.",
        ),
        inline=False,
    )
    card.add_field(
        name="What divides", value=_lines(found.divides, "Nothing that enough have voted on."), inline=False
    )
    if found.places.size:
        card.set_image(url=f"attachment://{CHART}")
    card.set_footer(
        text=f"{counted(found.participants, 'member')}, {counted(found.statements, 'statement')}, "
        f"{counted(found.votes, 'vote')} · {found.as_of:%Y-%m-%d %H:%M} UTC · {LIMIT}"
    )
    return card


def hidden_card(number: int, reason: str, *, hidden: bool) -> discord.Embed:
    """What a moderator did to a statement, with the reason that everybody can read."""
    state = "hidden; its votes don't count while it is" if hidden else "shown again"
    return discord.Embed(
        title=f"Statement #{number} is {state}", description=plain(clean_line(reason)), colour=GREY
    )


def _lines(lines: Sequence[Line], otherwise: str) -> str:
    """As many as fit, each with its claim in at most 150 characters."""
    told = [f"• #{line.number} {shortened(plain(line.claim), 150)}: {line.said}" for line in lines]
    while told and len("\n".join(told)) > FIELD:
        told = told[:-1]
    return "\n".join(told) or otherwise
