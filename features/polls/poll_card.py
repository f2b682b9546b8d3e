"""Cards of polls: the public one, one's own ballot with its receipt, the result, and lists."""

from collections.abc import Sequence

import discord
from discord.utils import format_dt

from features.polls.ballot_text import STEP_WORDS, in_words
from features.polls.result import PollResult, strategy_label, withheld
from features.polls.view import MyBallot, PollLine, PollView
from governance.votes.ballots import METHODS
from governance.votes.measured import ADOPTION
from governance.votes.secrecy import ballots_so_far
from governance.votes.strategies import STRATEGIES
from ui.card import AMBER, BLUE, CHART, FIELD, GREEN, GREY, bullets
from ui.text import plain, shortened
from wording.numbers import counted, percent, whole

PROMISES = "One ballot each, hidden until the close; change it as often as you like. /poll my shows yours."


def poll_card(view: PollView) -> discord.Embed:
    """An open poll, or what became of it."""
    poll = view.poll
    card = discord.Embed(title=shortened(f"Poll #{poll.number} {plain(poll.title)}", 256), colour=AMBER)
    if poll.description:
        card.description = plain(poll.description)
    if view.method == "gradient":
        options = list(STEP_WORDS.values())
    elif view.method == "numeric":
        low_high = view.options
        options = (
            [f"{low_high[0]} to {low_high[1]}, in steps of {low_high[2]}"] if low_high else ["Any number"]
        )
    else:
        options = list(view.options)
    card.add_field(
        name=METHODS[view.method].words.capitalize(),
        value=bullets(options) + (f"\nAdopted: {ADOPTION}." if view.method == "gradient" else ""),
        inline=False,
    )
    if poll.state == "open":
        when = f"{format_dt(poll.closes_at, 'f')} ({format_dt(poll.closes_at, 'R')})"
        extended = ", extended once because many voted late" if poll.extended else ""
        card.add_field(name="Closes", value=f"{when}{extended}", inline=False)
        card.add_field(name="Ballots", value=ballots_so_far(view.ballots, poll.quorum))
        if view.who_may:
            card.add_field(name="Who may vote", value=view.who_may)
        card.set_footer(text=f"{PROMISES} Ties: seed fixed as {poll.tie_commitment[:16]}.")
    else:
        card.colour = GREY
        card.add_field(
            name="State", value="Cancelled." if poll.state == "cancelled" else "Closed.", inline=False
        )
    return card


def result_cards(view: PollView, result: PollResult) -> list[discord.Embed]:
    """The outcome, then what the same ballots would say under other strategies."""
    poll = view.poll
    card = discord.Embed(title=shortened(plain(result.finding), 256), colour=GREEN if result.valid else GREY)
    card.description = f"**#{poll.number} {plain(poll.title)}**\n{METHODS[result.method].words.capitalize()}"
    details = bullets(result.details)
    card.add_field(name="One member, one vote", value=details or "No ballots.", inline=False)
    turnout = counted(result.ballots, "ballot")
    if result.empty:
        turnout += f", {result.empty:,} abstained"
    if result.electorate:
        turnout += f", of {counted(result.electorate, 'member')} who might vote"
    if result.quorum:
        turnout += f"; the quorum of {result.quorum:,} was {'met' if result.valid else 'missed'}"
    card.add_field(name="Turnout", value=turnout, inline=False)
    if result.interval is not None:
        low, high = result.interval
        near = f"With so few, the leader's share could be {percent(low)} to {percent(high)} (95 %)."
        if result.flip is not None:
            near += f" {counted(result.flip, 'more voter')} of one mind would flip it."
        card.add_field(name="How near", value=near, inline=False)
    if result.ballots:
        card.add_field(name="Other strategies", value=_strategies(result), inline=False)
    if result.turnout:
        parts = " ".join(f"{voted}/{members}" for members, voted in result.turnout)
        card.add_field(name="Voted, by tenth of verified stake", value=parts, inline=False)
    if view.reasons:
        card.add_field(name="Reasons", value=_reasons(view), inline=False)
    card.set_image(url=f"attachment://{CHART}")
    card.set_footer(
        text=f"Head of the chain {view.head[:32]} · recount: python -m governance.receipts verify"
    )
    return [card]


def ballot_card(mine: MyBallot) -> discord.Embed:
    """One's own ballot, and the receipt that proves it is counted."""
    card = discord.Embed(title=f"Your ballot in #{mine.number}", colour=BLUE)
    card.description = shortened(plain(in_words(mine.method, mine.choice)), 3000)
    card.add_field(name="Receipt", value=f"```\n{mine.receipt}\n```", inline=False)
    card.set_footer(
        text="Keep it to check the published list later. It proves how you voted: show it to nobody."
    )
    return card


def polls_card(lines: Sequence[PollLine], page: int, pages: int, total: int) -> discord.Embed:
    """A page of polls, newest first."""
    card = discord.Embed(title=counted(total, "poll"), colour=BLUE)
    card.description = (
        "\n".join(
            f"**#{line.number}** {plain(line.title)}\n{METHODS[line.method].words} · "
            + (f"closes {format_dt(line.closes_at, 'R')}" if line.state == "open" else line.state)
            for line in lines
        )
        or "No polls yet. Start one with /poll new."
    )
    card.set_footer(text=f"Page {page} of {max(1, pages)}")
    return card


def _strategies(result: PollResult) -> str:
    note = withheld(result)
    lines = [f"• {plain(note)}"] if note else []
    refused: dict[str, list[str]] = {}
    for each in result.strategies:
        name = STRATEGIES[each.name].words
        if each.shares is None:
            refused.setdefault(each.sentence, []).append(name)
            continue
        flips = " **flips**" if each.flips else ""
        rows = sorted(each.shares.items(), key=lambda row: -row[1])
        told = [f"{plain(strategy_label(label, each.shares))} {share} %" for label, share in rows[:5]]
        top = ", ".join(told)
        few = ""
        if each.effective_voters is not None and each.smallest_majority is not None:
            few = f" (effective voters {whole(each.effective_voters)}, "
            few += f"{whole(each.smallest_majority)} hold half, top 3 {percent(each.top_three or 0.0)})"
        lines.append(f"• {name}: {top}{flips}{few}")
    for sentence, names in refused.items():
        lines.append(f"• Withheld for {', '.join(names)}: {sentence}")
    return shortened("\n".join(lines), FIELD)


def _reasons(view: PollView) -> str:
    lines = [
        f"“{plain(reason.text)}”" + (f" <@{reason.member_id}>" if reason.member_id else "")
        for reason in view.reasons
    ]
    kept = lines
    while len("\n".join(kept)) > FIELD - 60:
        kept = kept[:-1]
    more = f"\nand {len(lines) - len(kept)} more" if len(kept) < len(lines) else ""
    return shortened("\n".join(kept) + more, FIELD) or shortened(lines[0], FIELD)
