"""The answer to `/payout show` with several models or accounts."""

import math
from functools import partial

from discord.utils import format_dt

from features.earnings.earnings_card import ROWS, in_column, rounds_menu, who_menu
from features.earnings.several_earnings import EarnedLine, SeveralEarnings
from features.earnings.several_earnings_chart import picture_of_earnings
from ui.answer import Answer, Asked
from ui.card import GREEN, Card, age_line, sections
from ui.text import plain
from wording.numbers import brief_signed, counted


def several_earnings_answer(found: SeveralEarnings, asked: Asked, own: str | None = None) -> Answer:
    """The reply to `/payout show` with several names. own: the name that the member linked."""
    told = ", ".join(line.name for line in found.lines)
    return Answer(
        several_earnings_card(found),
        menus=(rounds_menu(found.span, asked), who_menu(told, own)),
        details=tuple(_tables(found)),
    )


def several_earnings_card(found: SeveralEarnings) -> Card:
    """Who earned most, and each one's pay beside the others'."""
    first = found.records[0]
    asked = [record.asked_at for record in found.records if record.asked_at is not None]
    lines = [f"**{line.letter}** {_told(line)}" for line in found.lines]
    notices = dict.fromkeys(plain(record.notice) for record in found.records if record.notice)
    unknown = [
        f"{line.letter} {line.record.unknown.sum():,}"
        for line in found.lines
        if line.record and line.record.unknown.any()
    ]
    if unknown:
        unknown = [f"Payouts that are not known and count as 0: {', '.join(unknown)}."]
    pending = int((~found.resolved).sum())
    following = [record.next_final for record in found.records if record.next_final is not None]
    small = (
        f"{first.source}, until {first.until}{age_line(min(asked, default=None))}",
        f"the same {counted(found.rounds.size, 'round')} for all"
        + (f", {pending} pending" if pending else ""),
        *([f"the next is final {format_dt(min(following), 'R')}"] if following else []),
        "% is each final round's pay as a share of what it risked, added up",
    )
    return Card(
        heading=found.told(plain),
        text="\n".join([*lines, *notices, *unknown]),
        draw=partial(picture_of_earnings, found),
        small=" · ".join(small),
        colour=GREEN,
    )


def _told(line: EarnedLine) -> str:
    """ "heron_1: +120 NMR, +12.3 % of its stake, +4.10 pending"."""
    if line.record is None:
        return f"{plain(line.name)}: no stake in these rounds"
    parts = [f"{brief_signed(line.earned)} NMR"] if line.record.resolved.any() else ["nothing final yet"]
    if not math.isnan(line.percent):
        parts.append(f"{brief_signed(line.percent)} % of its stake")
    if not line.record.resolved.all():
        parts.append(f"{brief_signed(line.record.pending)} pending")
    return f"{plain(line.name)}: {', '.join(parts)}"


def _tables(found: SeveralEarnings) -> list[Card]:
    """NMR of every round under each letter, newest first, as aligned lines that fit a phone."""
    header = "round" + "".join(f"{line.letter:>8}" for line in found.lines)
    rows: list[str] = []
    for at in range(found.rounds.size - 1, -1, -1):
        paid = "".join(
            f"{in_column(float(line.pay[at])) if line.at_risk[at] > 0 else '-':>8}" for line in found.lines
        )
        rows.append(f"{found.rounds[at]:>4}{' ' if found.resolved[at] else '*'}{paid}")
    letters = "\n".join(f"**{line.letter}** {plain(line.name)}" for line in found.lines)
    pages = [rows[at : at + ROWS] for at in range(0, len(rows), ROWS)]
    return [
        Card(
            f"NMR of rounds {page[-1].split()[0].strip('*')}-{page[0].split()[0].strip('*')}",
            sections(letters, "```\n" + "\n".join([header, *page]) + "\n```"),
            small=" · ".join(["- is no stake", *(["* pending"] if any("*" in row for row in page) else [])]),
            colour=GREEN,
        )
        for page in pages
    ]
