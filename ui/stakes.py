"""Cards for `/stakes`: who holds the stake, whether it moves the fund, and what happens when it leaves."""

import math

import discord
from discord.utils import escape_markdown

from answers.concentration import REFITS, StakeConcentration
from answers.holders import Holder
from answers.influence import FEWEST, StakeInfluence
from answers.stake_history import StakeHistory
from answers.unstaking import UnstakeScenario
from answers.words import (
    amount,
    counted,
    number,
    percent,
    plus_minus,
    score_name,
    signed,
    tiny,
    whole,
)
from scoring.breakpoint import RangeBreakpoint
from scoring.concentration import Concentration
from ui.card import AMBER, BLUE, CHARTS, GREEN, bullets

GUESSED = "Accounts are guesses from the models' names: one wrong guess can change every number."
ROWS = 10  # newest snapshots that are written out; the chart has them all


def concentration_cards(found: StakeConcentration) -> list[discord.Embed]:
    """How the stake is spread, and in a second card whether its tail is a power law."""
    holders, measures = found.holders, found.measures
    card = discord.Embed(title=escape_markdown(found.finding)[:256], colour=AMBER)
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
            value=f"The names of {apart.models} models make them one account with {percent(apart.share)} "
            f"of all stake. Taken apart, **{whole(apart.measures.half)}** hold half and the effective "
            f"number is **{whole(apart.measures.effective_number)}**.",
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
        rows = [
            f"{name}: {_favours(tail.comparisons[law].log_likelihood_ratio)}, "
            f"p {tiny(tail.comparisons[law].p_value)}"
            for law, name in (
                ("lognormal", "lognormal"),
                ("truncated_power_law", "truncated power law"),
                ("exponential", "exponential"),
            )
        ]
        card.add_field(
            name=f"Tail of {tail.fit.tail_size:,} from {amount(tail.fit.xmin, 'NMR')} on",
            value=f"Exponent {tail.fit.alpha:.2f} ± {tail.fit.alpha_se:.2f}. Against the power law\n"
            + bullets(rows),
            inline=False,
        )
        verdict = "so it is refused" if tail.goodness <= 0.1 else "so it isn't refused"
        card.add_field(
            name="Could it have come from a power law?",
            value=f"{percent(tail.goodness).capitalize()} of {REFITS} samples made up from it lie farther "
            f"from their own power law, {verdict} (at 10 %).",
            inline=False,
        )
    if found.apart is not None:
        card.add_field(name="With that account taken apart", value=found.apart.tail.verdict, inline=False)
    card.set_image(url=f"attachment://{CHARTS[1]}")
    card.set_footer(text=f"{found.holders.source} · stakes of {found.holders.day}")
    return card


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
        between = (
            "too few rounds for an interval"
            if math.isnan(each.low)
            else f"95 % interval {plus_minus(each.low, 3)} to {plus_minus(each.high, 3)}, "
            f"from blocks of {each.block} rounds"
        )
        rounds = counted(each.rounds.size, "round")
        return f"Mean rank correlation of {rounds} **{plus_minus(each.mean, 3)}**, {between}."
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
        f"Best split at **{amount(split.threshold, 'NMR')}** ({number(split.low)} to {number(split.high)}): "
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


def holder_card(found: Holder) -> discord.Embed:
    """One holder's place among all."""
    card = discord.Embed(title=escape_markdown(found.finding)[:256], colour=BLUE)
    if found.stake:
        ties = f", as {found.ties:,} others" if found.ties else ""
        of = "" if found.models is None else f" in {found.models} model{'s' if found.models != 1 else ''}"
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


def unstaking_card(scenario: UnstakeScenario) -> discord.Embed:
    """Before and after a departure, with the price as a table of scenarios."""
    result = scenario.result
    card = discord.Embed(title=escape_markdown(scenario.finding)[:256], colour=AMBER)
    card.description = (
        f"**{amount(scenario.left, 'NMR')}** of {amount(result.before.stake, 'NMR')} would leave."
    )
    card.add_field(name="Who holds the rest", value=_before_after(result.before, result.after), inline=False)
    if scenario.round is not None:
        lines = [
            f"{_factor(each.before)} → {_factor(each.after)} at {amount(each.threshold, 'NMR')}, "
            f"since {each.since}"
            for each in scenario.factors
        ]
        card.add_field(
            name=f"Payout factor, for the stake at risk in round {scenario.round}",
            value=bullets(lines) or "No dated threshold.",
            inline=False,
        )
    card.add_field(name="Everyone else", value=_everyone_else(scenario), inline=False)
    if not math.isnan(scenario.volatility):
        card.add_field(name="Price, in scenarios", value=_price_table(scenario), inline=False)
    card.add_field(name="Assumed", value=bullets(_assumptions(scenario)), inline=False)
    card.set_image(url=f"attachment://{CHARTS[0]}")
    card.set_footer(
        text=f"{scenario.holders.source} · stakes of {scenario.holders.day} · a scenario, no forecast"
    )
    return card


def stake_history_card(history: StakeHistory) -> discord.Embed:
    """The measures of the newest snapshots."""
    card = discord.Embed(title=history.finding[:256], colour=GREEN)
    lines = ["day          half   eff.   Gini"]
    for day, each in list(zip(history.days, history.measures, strict=True))[: -ROWS - 1 : -1]:
        lines.append(f"{day}  {whole(each.half):>5}  {whole(each.effective_number):>5}  {each.gini:>5.3f}")
    card.description = "```\n" + "\n".join(lines) + "\n```"
    if len(history.days) == 1:
        card.add_field(
            name="Mind", value="A new snapshot joins whenever the leaderboard has a newer day.", inline=False
        )
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


def _favours(ratio: float) -> str:
    return "worse" if ratio > 0 else "better" if ratio < -1e-3 else "no better"


def _before_after(before: Concentration, after: Concentration) -> str:
    rows = (
        ("hold half", whole(before.half), whole(after.half)),
        ("effective", whole(before.effective_number), whole(after.effective_number)),
        ("Gini", f"{before.gini:.3f}", "unknown" if math.isnan(after.gini) else f"{after.gini:.3f}"),
        ("holders", f"{before.holders:,}", f"{after.holders:,}"),
    )
    lines = [f"{'':<10}{'before':>8}{'after':>9}"]
    lines += [f"{name:<10}{first:>8}{second:>9}" for name, first, second in rows]
    return "```\n" + "\n".join(lines) + "\n```"


def _factor(factor: float) -> str:
    return f"{factor:.3f}".removeprefix("0") if factor < 1 else "1"


def _everyone_else(scenario: UnstakeScenario) -> str:
    result, others = scenario.result, scenario.others
    if math.isnan(result.weight_ratio):
        return "Nobody with a stake remains."
    lines = []
    if result.share_left:
        before, after = scenario.largest_weight
        lines.append(
            f"Each would weigh {number(result.weight_ratio)} times as much in the meta model; the largest "
            f"of them {100 * after:.1f} % instead of {100 * before:.1f} %."
        )
    if result.pay_ratio > 1:
        lines.append(f"Each payout would be {number(result.pay_ratio)} times as large, up to the clip.")
    if others is not None and result.pay_ratio > 1:
        first, last = others.rounds
        clipped = f", {percent(others.newly_clipped)} newly clipped" if others.newly_clipped else ""
        lines.append(
            f"In rounds {first}-{last} of the data: {signed(others.after, 'NMR')} instead of "
            f"{signed(others.before, 'NMR')}{clipped}."
        )
    return bullets(lines) if lines else "Nothing changes for them."


def _price_table(scenario: UnstakeScenario) -> str:
    table = scenario.prices
    lines = ["sold     " + "".join(f"{f'x{strength:g}':>8}" for strength in table.strengths)]
    for column, share in enumerate(table.sell_shares):
        mark = "*" if table.extrapolated[column] else " "
        changes = "".join(f"{100 * change:>7.0f}%" for change in table.change[:, column])
        lines.append(f"{100 * share:>5.0f} %{mark} {changes}".replace("-", "−"))
    if table.extrapolated.any():
        lines.append("* more than was ever observed")
    return "```\n" + "\n".join(lines) + "\n```"


def _assumptions(scenario: UnstakeScenario) -> list[str]:
    said = [
        "Nobody else changes what they stake; who leaves risks as large a part as all do.",
    ]
    if not math.isnan(scenario.volatility):
        said += [
            f"Price: x.5, x1 and x1.5 of a day's volatility ({100 * scenario.volatility:.1f} %, "
            f"{scenario.volatility_from}) times the root of what is sold over a day's volume.",
            f"A day's volume of {amount(scenario.daily_volume, 'NMR')} is an assumption: type your own. "
            "Sales above a tenth of it are extrapolated.",
        ]
    else:
        said.append("No daily prices are known here, so there is no price scenario.")
    if scenario.holders.guessed:
        said.append(GUESSED)
    return said
