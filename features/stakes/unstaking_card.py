"""What happens when large holders leave, as a card."""

import math

import discord

from features.stakes.concentration_card import GUESSED
from features.stakes.unstaking import UnstakeScenario
from scoring.concentration import Concentration
from ui.card import AMBER, CHARTS, bullets
from ui.text import plain
from wording.numbers import amount, number, percent, signed, whole


def unstaking_card(scenario: UnstakeScenario) -> discord.Embed:
    """Before and after a departure, with the price as a table of scenarios."""
    result = scenario.result
    card = discord.Embed(title=plain(scenario.finding)[:256], colour=AMBER)
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
    lines: list[str] = []
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
            + (f" Of these, {others.changes}." if others.changes else "")
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
            f"{scenario.volatility_from}) times the root of what is sold over a day's volume. The volatility "
            "is that of most days (by the median distance): a few extreme ones don't raise it.",
            f"A day's volume of {amount(scenario.daily_volume, 'NMR')} is an assumption: type your own. "
            "Sales above a tenth of it are extrapolated.",
        ]
    else:
        said.append("No daily prices are known here, so there is no price scenario.")
    if scenario.holders.guessed:
        said.append(GUESSED)
    return said
