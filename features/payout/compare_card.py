"""The card of a comparison."""

import math

import discord

from features.payout.comparison import PayoutComparison, Side, between, difference_of
from ui.card import AMBER, CHART, age_line, bullets
from ui.text import plain, shortened
from wording.numbers import amount, counted, number, percent


def comparison_card(comparison: PayoutComparison) -> discord.Embed:
    """The reply to `/payout compare`."""
    card = discord.Embed(title=shortened(plain(comparison.finding), 256), colour=AMBER)
    whose = plain(comparison.name) + (
        f" ({counted(comparison.models, 'model')})" if comparison.kind != "model" else ""
    )
    card.description = (
        f"For **{whose}**, {counted(comparison.rounds.size, 'round')}.\n"
        f"**Proposed** {comparison.proposed.words}\n**Current** {comparison.current.words}"
    )
    card.add_field(name="Under the proposed rule", value=_side(comparison.proposed, comparison.unit))
    card.add_field(name="Under the current rule", value=_side(comparison.current, comparison.unit))
    unknown = comparison.alike or math.isnan(comparison.interval[0])
    held = "" if unknown else between(comparison.interval, comparison.unit)
    difference = "" if comparison.same else difference_of(comparison.difference, comparison.unit)
    card.add_field(
        name=f"Difference {difference}" if difference else "No difference",
        value="\n".join(
            filter(None, (f"95 % interval {held}." if held else "", comparison.certainty, comparison.in_usd))
        ),
        inline=False,
    )
    if comparison.side_by_side:
        card.add_field(name="Read it beside", value=bullets(comparison.side_by_side), inline=False)
    if comparison.level_and_mix:
        card.add_field(name="Where it comes from", value=comparison.level_and_mix, inline=False)
    card.add_field(name="The proposed rule pays more", value=comparison.more_when, inline=False)
    if warnings := [sentence for sentence in (comparison.notice, *comparison.warnings) if sentence]:
        card.add_field(name="Mind", value=bullets(warnings), inline=False)
    card.add_field(name="Assumed", value=bullets(comparison.assumptions), inline=False)
    card.set_image(url=f"attachment://{CHART}")
    dated = f"data until {comparison.until}{age_line(comparison.asked_at)}"
    card.set_footer(text=f"{comparison.source} · {comparison.span} · {dated}")
    return card


def _side(side: Side, unit: str) -> str:
    spread = "" if math.isnan(side.spread) else f"standard deviation {number(side.spread)}\n"
    return (
        f"**{amount(side.total, unit)}**\n{number(side.mean)} a round\n{spread}"
        f"{_part(side.burned, 'rounds burned')}\n{_part(side.clipped, 'rows clipped')}"
    )


def _part(share: float, what: str) -> str:
    return f"no {what}" if share == 0 else f"{percent(share)} of {what}"
