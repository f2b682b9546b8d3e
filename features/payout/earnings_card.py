"""Cards for `/payout show` and `/payout what-if`."""

import math

import discord

from features.payout.earnings import PayRecord
from features.payout.what_if import WhatIf
from scoring.rules import describe_multipliers
from ui.card import AMBER, CHART, GREEN, age_line, bullets
from ui.text import plain
from wording.numbers import amount, counted, number, score_name, signed

ROWS = 8  # newest rounds that are written out; the chart has them all


def record_card(record: PayRecord) -> discord.Embed:
    """Earned and pending, and the newest rounds one by one."""
    card = discord.Embed(title=plain(record.finding)[:256], colour=GREEN)
    who = plain(record.name) + (f" ({counted(record.models, 'model')})" if record.kind != "model" else "")
    card.description = f"For **{who}**, {record.span}. Only rounds with a stake count."
    earned = amount(record.earned, "NMR")
    if record.usd is not None:
        day, price = record.usd
        earned += f", {amount(record.earned * price, 'USD')} at the price of {day}"
    card.add_field(name="Earned", value=earned)
    if not record.resolved.all():
        card.add_field(name="Pending", value=f"{signed(record.pending, 'NMR')} so far")
    card.add_field(name="Newest rounds", value=_table(record), inline=False)
    if record.unknown or record.notice:
        verbs = "is not known and counts" if record.unknown == 1 else "are not known and count"
        unknown = f"{counted(record.unknown, 'payout')} {verbs} as 0." if record.unknown else ""
        card.add_field(name="Mind", value=bullets([s for s in (record.notice, unknown) if s]), inline=False)
    card.set_image(url=f"attachment://{CHART}")
    card.set_footer(text=f"{record.source} · data until {record.until}{age_line(record.asked_at)}")
    return card


def what_if_card(answer: WhatIf) -> discord.Embed:
    """One round, step by step."""
    rule = answer.rule
    card = discord.Embed(title=answer.finding[:256], colour=AMBER)
    terms = " + ".join(
        f"{weight:g} x {answer.scores[score]:g} ({score_name(score)})"
        for score, weight in rule.multipliers.items()
        if weight
    )
    bounded = "clipped to" if answer.clipped else "inside"
    if rule.clip_order == "factor_inside_clip":
        scaled = answer.weighted * answer.factor
        steps = f"{terms} = **{answer.weighted:.4g}**, x factor {answer.factor:.4g} = {scaled:.4g}"
        steps += f", {bounded} ±{rule.clip:g}"
    else:
        steps = f"{terms} = **{answer.weighted:.4g}**, {bounded} ±{rule.clip:g}, x factor {answer.factor:.4g}"
    card.description = f"{steps}\nx stake {amount(answer.stake, 'NMR')} = **{amount(answer.payout, 'NMR')}**"
    card.add_field(name="Assumed", value=bullets(answer.assumptions), inline=False)
    dated = f"from {rule.effective_on}" if rule.effective_on else "typed"
    card.set_footer(
        text=f"{describe_multipliers(rule.multipliers)}, {dated}{'' if rule.verified else ', not verified'}"
    )
    return card


def _table(record: PayRecord) -> str:
    """The newest rounds as aligned lines that fit a phone."""
    paying = [score for score, values in record.scores.items() if not all(map(math.isnan, values[-ROWS:]))][
        :2
    ]
    lines = ["round      NMR  " + "".join(f"{score_name(score):>8}" for score in paying)]
    for row in range(len(record.rounds) - 1, max(-1, len(record.rounds) - 1 - ROWS), -1):
        mark = " " if record.resolved[row] else "*"
        scores = "".join(
            f"{'-' if math.isnan(record.scores[score][row]) else f'{record.scores[score][row]:+.4f}':>8}"
            for score in paying
        )
        lines.append(f"{record.rounds[row]:>5}{mark}{_short(float(record.payout[row])):>8}  {scores}")
    if not record.resolved.all():
        lines.append("* pending")
    return "```\n" + "\n".join(lines) + "\n```"


def _short(value: float) -> str:
    """An amount in at most eight letters, for a column."""
    text = number(value)
    return text if len(text) <= 8 else f"{value:.1e}"
