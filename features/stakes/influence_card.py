"""Whether large stakes score differently, as a card."""

import math

import discord

from features.stakes.concentration_card import GUESSED
from features.stakes.influence import FEWEST, StakeInfluence
from scoring.stakes.breakpoint import RangeBreakpoint
from ui.card import BLUE, CHARTS, bullets
from wording.numbers import amount, counted, number, percent, plus_minus, score_name, tiny, too_few


def influence_card(found: StakeInfluence) -> discord.Embed:
    """Whether stake and score go together, with every number's n and interval."""
    name = score_name(found.score)
    card = discord.Embed(title=found.finding[:256], colour=BLUE)
    stakes = (
        f"stakes of {found.day}, with each {found.unit}'s mean {name} over {found.span}"
        if found.by == "today"
        else f"the stake at risk in each of {found.span} with the {name} of that round"
    )
    card.description = f"{found.who}: {stakes}."
    if found.asked:
        card.description += f" You asked for {found.asked}."
    if not math.isnan(found.covered):
        card.description += f" They have {percent(found.covered)} of all stake."
    card.add_field(name=f"Stake and {name}", value=_together(found), inline=False)
    if found.product is not None:
        card.add_field(
            name=f"Stake x {name}",
            value=f"{found.artefact} Its rank correlation with stake, "
            f"{plus_minus(found.product.spearman, 2)} (p {tiny(found.product.spearman_p)}), is no finding.",
            inline=False,
        )
    else:
        card.add_field(name=f"Stake x {name}", value=found.artefact, inline=False)
    if found.split is not None and not math.isnan(found.split.threshold):
        card.add_field(name="Where its range changes", value=_break(found.split), inline=False)
    card.add_field(name=f"Above {amount(found.threshold, 'NMR')}", value=_above(found), inline=False)
    said = [
        found.left_out,
        "These are the models of a leaderboard's survivors; who was left out may differ."
        if found.covered < 1
        else "",
        GUESSED if found.guessed else "",
    ]
    card.add_field(name="Mind", value=bullets([sentence for sentence in said if sentence]), inline=False)
    card.set_image(url=f"attachment://{CHARTS[0]}")
    card.set_footer(text=f"{found.source} · {found.span} · it says nothing about causes")
    return card


def _together(found: StakeInfluence) -> str:
    if found.over_rounds is not None:
        each = found.over_rounds
        mean = f"Mean rank correlation of {counted(each.rounds.size, 'round')} **{plus_minus(each.mean, 3)}**"
        if math.isnan(each.low):
            return f"{mean}. {too_few(each.rounds.size, each.block)}"
        return f"{mean}, 95 % interval {plus_minus(each.low, 3)} to {plus_minus(each.high, 3)}."
    if found.association is None or math.isnan(found.association.spearman):
        return "Not defined for so few, or where all are equal."
    both = found.association
    lines = [
        f"Spearman **{plus_minus(both.spearman, 2)}** (p {tiny(both.spearman_p)}), "
        f"Kendall **{plus_minus(both.kendall, 2)}** (p {tiny(both.kendall_p)}), by shuffling, n {both.n:,}."
    ]
    if found.slope is not None and not math.isnan(found.slope.slope):
        slope = found.slope
        lines.append(
            f"Slope of the logarithm of |score| on that of stake **{plus_minus(slope.slope, 2)}** "
            f"({plus_minus(slope.low, 2)} to {plus_minus(slope.high, 2)}): 0 if a score's size "
            "does not depend on stake, −1 if stake x score had a constant range."
        )
    return "\n".join(lines)


def _break(split: RangeBreakpoint) -> str:
    verdict = (
        "no clearer than chance alone gives, because the range grows with stake anyway"
        if split.p_value > 0.05
        else "clearer than chance alone gives"
    )
    return (
        f"Best split at **{amount(split.threshold, 'NMR')}** ({number(split.low)} to {number(split.high)}; "
        "of such ranges, accounts drawn again, 83 to 96 of 100 hold what they should): "
        f"spread {number(split.spread_below)} below, {number(split.spread_above)} above. "
        f"It is {verdict} (p {tiny(split.p_value)})."
    )


def _above(found: StakeInfluence) -> str:
    across, name = found.across, score_name(found.score)
    things = f"{found.unit}s" if found.over_rounds is None else "points"
    if not across.n_above:
        return f"Nobody: the largest has {amount(float(found.stake.max()), 'NMR')}."
    told = f"{across.n_above:,} {things} against {across.n_below:,} below. "
    told += f"Mean {name} {plus_minus(across.mean_above, 4)} against {plus_minus(across.mean_below, 4)}"
    if found.over_rounds is not None:
        return told + "."
    if math.isnan(across.p_value):
        told += f": too few for a test or a density (fewer than {FEWEST})"
        if across.n_above > 1:
            means = across.leave_one_out_means
            told += (
                f"; leaving each one out it is {plus_minus(means.min(), 4)} to {plus_minus(means.max(), 4)}"
            )
    else:
        told += f", p {tiny(across.p_value)}"
    if not math.isnan(found.above.lonely_share):
        lonely = percent(found.above.lonely_share)
        told += f". {lonely} of their stake is a quarter or more from its third neighbour"
    return told + "."
