"""Cards for `/stakes`: who holds the stake, whether it moves the fund, and what happens when it leaves."""

import math

import discord

from features.stakes.concentration import REFITS, REJECTED, RIVALS, SPREAD_REFITS, StakeConcentration
from features.stakes.history import StakeHistory
from features.stakes.holders import Holder
from scoring.tails import TailComparison
from ui.card import AMBER, BLUE, CHARTS, GREEN, bullets
from ui.text import plain
from wording.numbers import amount, counted, number, percent, tiny, whole

GUESSED = "Accounts are guesses from the models' names: one wrong guess can change every number."
ROWS = 10  # newest snapshots that are written out; the chart has them all


def concentration_cards(found: StakeConcentration) -> list[discord.Embed]:
    """How the stake is spread, and in a second card whether its tail is a power law."""
    holders, measures = found.holders, found.measures
    card = discord.Embed(title=plain(found.finding)[:256], colour=AMBER)
    zeros = (
        f"{found.without_stake:,} without a stake count too."
        if found.zeros
        else f"{found.without_stake:,} without a stake are left out."
    )
    card.description = f"By {holders.unit}, {amount(measures.stake, 'NMR')} on {holders.day}. {zeros}"
    between = found.intervals
    card.add_field(
        name="Measures",
        value="\n".join(
            (
                f"**{whole(measures.half)}** hold half{_between(*between.nakamoto)}",
                f"**{whole(measures.effective_number)}** effective number"
                f"{_between(*between.effective_number)}",
                f"**{measures.gini:.3f}** Gini{_between(*between.gini, decimals=2)}",
                f"**{number(found.theil)}** Theil{_theil(found)}",
            )
        ),
        inline=False,
    )
    shares = [f"{_largest(k)} {percent(share)}" for k, share in found.top.items()]
    if shares:
        card.add_field(name="They hold", value=", ".join(shares) + ".", inline=False)
    if found.apart is not None:
        apart = found.apart
        card.add_field(
            name="One guess matters",
            value=f"The names of {counted(apart.models, 'model')} make them one account with "
            f"{percent(apart.share)} of all stake. Taken apart, **{whole(apart.measures.half)}** hold half "
            f"and the effective number is **{whole(apart.measures.effective_number)}**.",
            inline=False,
        )
    if found.left_out:
        rows = [
            f"Without {_largest(k)}: {whole(rest.half)} hold half, "
            f"effective number {whole(rest.effective_number)}"
            for k, rest in found.left_out.items()
        ]
        card.add_field(name="What it owes to the largest", value="\n".join(rows), inline=False)
    card.add_field(name="How sure", value=found.certainty, inline=False)
    card.set_image(url=f"attachment://{CHARTS[0]}")
    return [card, _tail_card(found)]


def _tail_card(found: StakeConcentration) -> discord.Embed:
    tail = found.tail
    card = discord.Embed(title="Is it a power law?", description=tail.verdict, colour=AMBER)
    if tail.fit.tail_size:
        rows = [f"{RIVALS[law].capitalize()} is {_compared(tail.comparisons[law])}." for law in RIVALS]
        spread = (
            "too few different stakes to say how sure"
            if math.isnan(tail.alpha_se)
            else f"± {tail.alpha_se:.2f}, the standard error over {SPREAD_REFITS} resamples, "
            "each with a start of its own"
        )
        card.add_field(
            name=f"Tail of {tail.fit.tail_size:,} from {amount(tail.fit.xmin, 'NMR')} on",
            value=f"Exponent {tail.fit.alpha:.2f} ({spread}). Against the power law:\n" + bullets(rows),
            inline=False,
        )
        verdict = "so it is refused" if tail.refused else "so it isn't refused"
        card.add_field(
            name="Could it have come from a power law?",
            value=f"{percent(tail.goodness).capitalize()} of {REFITS} samples made up from it lie farther "
            f"from their own power law, {verdict} (at {percent(REJECTED)}).",
            inline=False,
        )
    if found.apart is not None:
        card.add_field(name="With that account taken apart", value=found.apart.tail.verdict, inline=False)
    card.set_image(url=f"attachment://{CHARTS[1]}")
    card.set_footer(text=f"{found.holders.source} · stakes of {found.holders.day}")
    return card


def holder_card(found: Holder) -> discord.Embed:
    """One holder's place among all."""
    card = discord.Embed(title=plain(found.finding)[:256], colour=BLUE)
    if found.stake:
        ties = f", as {counted(found.ties, 'other')}" if found.ties else ""
        of = "" if found.models is None else f" in {counted(found.models, 'model')}"
        card.add_field(name="Stake", value=f"{amount(found.stake, 'NMR')}{of}{ties}")
        card.add_field(
            name="Half of the stake",
            value=f"It would take **{whole(found.like_it)}** {found.unit}s like it to hold half. "
            f"The {whole(found.half)} largest do.",
            inline=False,
        )
    if found.guessed:
        card.add_field(name="Mind", value=GUESSED, inline=False)
    card.set_footer(text=f"{found.source} · stakes of {found.day}")
    return card


def stake_history_card(history: StakeHistory) -> discord.Embed:
    """The measures of the newest snapshots."""
    card = discord.Embed(title=history.finding[:256], colour=GREEN)
    lines = ["day          half   eff.   Gini"]
    for day, each in list(zip(history.days, history.measures, strict=True))[: -ROWS - 1 : -1]:
        lines.append(f"{day}  {whole(each.half):>5}  {whole(each.effective_number):>5}  {each.gini:>5.3f}")
    card.description = "```\n" + "\n".join(lines) + "\n```"
    if len(history.days) == 1:
        card.add_field(name="Mind", value="A day joins whenever a snapshot of it is kept.", inline=False)
    if history.guessed:
        card.add_field(name="Accounts", value=GUESSED, inline=False)
    card.set_image(url=f"attachment://{CHARTS[0]}")
    card.set_footer(text=f"{history.source} · by {history.unit}")
    return card


def _largest(k: int) -> str:
    return f"the {k} largest" if k > 1 else "the largest"


def _between(low: float, high: float, *, decimals: int | None = None) -> str:
    if math.isnan(low):
        return ""
    ends = (f"{end:.{decimals}f}" if decimals is not None else whole(end) for end in (low, high))
    return f" (95 %: {' to '.join(ends)})"


def _theil(found: StakeConcentration) -> str:
    total = found.theil_within + found.theil_between
    if not total > 0:
        return ""
    return (
        f"; by model {number(total)}, of which {percent(found.theil_between / total)} lies between accounts, "
        f"{percent(found.theil_within / total)} within"
    )


def _compared(rival: TailComparison) -> str:
    if -1e-3 < rival.log_likelihood_ratio <= 0:
        return "no better"
    side = "worse" if rival.log_likelihood_ratio > 0 else "better"
    return f"{side} (p {tiny(rival.p_value)})"
