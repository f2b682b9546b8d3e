"""Cards for payout rules: the timeline, and one rule in full."""

import math

import discord

from features.payout.rules import Timeline
from scoring.rules import PayoutRule, describe_multipliers
from ui.card import BLUE
from ui.text import plain
from wording.numbers import counted, number, score_name


def timeline_card(shown: Timeline) -> discord.Embed:
    """Every dated rule of a tournament, newest first, short enough for one message."""
    card = discord.Embed(title=f"Payout rules of {shown.tournament.title()}, newest first", colour=BLUE)
    lines = [_rule_line(rule) for rule in reversed(shown.rules)]
    card.description = "\n".join([*([f"**Live** {shown.live}", ""] if shown.live else []), *lines])[:4096]
    card.set_footer(
        text="/payout rules rule:… shows one in full, with its source. ✗ never took effect · ? not verified"
    )
    return card


def rule_card(rule: PayoutRule) -> discord.Embed:
    """One dated rule with everything that is known of it."""
    card = discord.Embed(
        title=f"{rule.tournament.title()}: {describe_multipliers(rule.multipliers)}", colour=BLUE
    )
    card.description = plain(rule.note) if rule.note else None
    card.add_field(
        name="From",
        value=f"{rule.effective_on}" + (f", round {rule.first_round}" if rule.first_round else ""),
    )
    card.add_field(name="Status", value=rule.status + ("" if rule.verified else ", not verified"))
    card.add_field(name="Clip", value=f"±{100 * rule.clip:g} % of the stake, {_order(rule)}")
    threshold = (
        f"{number(rule.stake_threshold)} NMR" if rule.stake_threshold else "none: the payout factor is 1"
    )
    card.add_field(name="Stake threshold", value=threshold)
    card.add_field(
        name="Rounds",
        value=f"about {rule.rounds_at_once} at once, each risks {_share(rule.stake_fraction)} of a stake",
    )
    card.add_field(name="Who does nothing gets", value=describe_multipliers(rule.fallback))
    card.add_field(name="Permitted", value=_choices(rule), inline=False)
    card.add_field(name="Source", value=plain(rule.source)[:1024], inline=False)
    card.set_footer(text=f"{rule.id} · the largest permitted combination is in the title")
    return card


def _rule_line(rule: PayoutRule) -> str:
    mark = "✗ " if rule.status in ("superseded", "announced") else ""
    doubt = "" if rule.verified else " ?"
    threshold = f", threshold {rule.stake_threshold / 1000:g}K" if rule.stake_threshold else ""
    return (
        f"{mark}**{rule.effective_on}** {describe_multipliers(rule.multipliers)}{doubt} · "
        f"clip {rule.clip:g}{threshold} · {plain(rule.source)}"
    )


def _choices(rule: PayoutRule) -> str:
    if len(rule.choices) == 1:
        return "no choice"
    scores = list(dict.fromkeys(score for choice in rule.choices for score in choice))
    grids = {score: sorted({choice.get(score, 0.0) for choice in rule.choices}) for score in scores}
    size = math.prod(len(grid) for grid in grids.values())
    text = "; ".join(
        f"{score_name(score)} {', '.join(f'{value:g}' for value in grid)}" for score, grid in grids.items()
    )
    if size == len(rule.choices):
        return f"{text}: any combination"
    shown = ", ".join(describe_multipliers(choice) for choice in rule.choices)
    return shown if len(shown) <= 1000 else f"{text}: {len(rule.choices)} of {counted(size, 'combination')}"


def _order(rule: PayoutRule) -> str:
    return (
        "after the payout factor" if rule.clip_order == "factor_inside_clip" else "before the payout factor"
    )


def _share(fraction: float) -> str:
    return "all" if fraction == 1 else f"1/{round(1 / fraction)}"
